# language: nl
@norm:LOKALISATIE
Functionaliteit: Lokalisatie – aanmelden en zoeken bij de verwijsindex

  > Keur speelt de verwijsindex, de pseudoniemendienst, het adresboek en de bronnen. Het product krijgt hun adressen bij
  > elke opdracht.

  Achtergrond:
    Gegeven een verwijsindex, een pseudoniemendienst en bronnen van Keur

  @eis:WGZ-LOC-001
  Regel: Een aanmelding bij de verwijsindex noemt de bronhouder en de soort gegevens

    Scenario: het product meldt een patiënt aan
      Als het product de testpatiënt aanmeldt bij de verwijsindex
      Dan noemt de aanmelding de bronhouder, de soort gegevens, de patiënt en de aanmelder, en niets wat niet mag

  @eis:WGZ-LOC-002
  Regel: Na het intrekken van de toestemming verdwijnt de aanmelding uit de verwijsindex

    Scenario: het product verwijdert de aanmelding
      Gegeven het product heeft de testpatiënt aangemeld bij de verwijsindex
      Als de patiënt de toestemming voor die aanmelding intrekt
      Dan staat de patiënt niet meer in de verwijsindex

  @eis:WGZ-LOC-003
  Regel: De vrager houdt meer, geen en uitgevallen bronnen uit elkaar

    Abstract Scenario: de verwijsindex noemt <bronnen> bronnen, waarvan er <uitval> niet antwoorden
      Als het product gegevens zoekt bij <bronnen> bronnen, waarvan er <uitval> niet antwoorden
      Dan vraagt het product elke bron die de verwijsindex noemt
      En toont het product precies wat er is en waarschuwt het alleen bij uitval

      Voorbeelden:
        | bronnen | uitval |
        | 3       | 0      |
        | 0       | 0      |
        | 2       | 1      |
        | 3       | 3      |

    Scenario: een bron breekt zijn antwoord halverwege af
      Als het product gegevens zoekt bij 3 bronnen, waarvan er 1 halverwege afbreken
      Dan toont het product precies wat er is en waarschuwt het alleen bij uitval

    Scenario: de pseudoniemendienst antwoordt niet
      Als het product gegevens zoekt terwijl de pseudoniemendienst niet antwoordt
      Dan toont het product precies wat er is en waarschuwt het alleen bij uitval

    Scenario: de verwijsindex zelf antwoordt niet
      Als het product gegevens zoekt terwijl de verwijsindex niet antwoordt
      Dan toont het product precies wat er is en waarschuwt het alleen bij uitval

  @eis:WGZ-LOC-004
  Regel: Een zoekvraag aan de verwijsindex noemt een pseudoniem of de eigen client

    Scenario: het product zoekt op de patiënt
      Als het product gegevens zoekt bij 1 bronnen, waarvan er 0 niet antwoorden
      Dan is elke zoekvraag aan de verwijsindex begrensd

  @eis:WGZ-LOC-005
  Regel: Elk pseudoniem komt van de pseudoniemendienst en wordt één keer gebruikt

    Scenario: het product meldt aan en zoekt daarna
      Gegeven het product heeft de testpatiënt aangemeld bij de verwijsindex
      Als het product gegevens zoekt bij 1 bronnen, waarvan er 0 niet antwoorden
      Dan was elk pseudoniem vers van de pseudoniemendienst
