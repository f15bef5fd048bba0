# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – certificaten van server en client

  @eis:WGZ-SEC-005
  Regel: Het servercertificaat is geldig, past bij de naam en heeft een volledige keten

    Scenario: het product toont een goed servercertificaat
      Als een client het servercertificaat opvraagt
      Dan leidt het servercertificaat naar een opgegeven CA
      En voldoen naam, datum, sleutel en handtekening van de certificaten

    Scenario: de uitgever heeft het servercertificaat niet ingetrokken
      Als een client het servercertificaat opvraagt
      En de uitgever van het servercertificaat naar intrekking wordt gevraagd
      Dan heeft de uitgever het servercertificaat niet ingetrokken

  @eis:WGZ-SEC-006
  Regel: De verbinding vraagt een clientcertificaat

    Scenario: het product weigert een opvraging zonder clientcertificaat
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als dezelfde opvraging op een verbinding zonder clientcertificaat wordt gedaan
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Scenario: het product geeft geen toegangstoken zonder clientcertificaat
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als een toegangstoken op een verbinding zonder clientcertificaat wordt gevraagd
      Dan geeft het product zonder clientcertificaat geen toegangstoken

  @eis:WGZ-SEC-007
  Regel: Een clientcertificaat van een onbekende uitgever wordt geweigerd

    Scenario: het product weigert een certificaat van een onbekende uitgever
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een clientcertificaat "van een onbekende uitgever"
      Als dezelfde opvraging met dat clientcertificaat wordt gedaan
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                       |
        | met een certificaat van een vreemde uitgever |

  @eis:WGZ-SEC-008
  Regel: Een ingetrokken clientcertificaat wordt geweigerd

    Scenario: het product weigert een certificaat dat is ingetrokken
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een clientcertificaat "dat is ingetrokken"
      Als dezelfde opvraging met dat clientcertificaat wordt gedaan
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Scenario: het product weigert een certificaat dat na gebruik is ingetrokken
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een clientcertificaat waarmee eerst een opvraging slaagt
      Als de uitgever dat certificaat intrekt
      En de opvraging wordt herhaald tot het product weigert of de afgesproken tijd voorbij is
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                          |
        | met een ingetrokken certificaat |

  @eis:WGZ-SEC-009
  Regel: Een verlopen of nog niet geldig clientcertificaat wordt geweigerd

    Abstract Scenario: het product weigert een certificaat <gebrek>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een clientcertificaat "<gebrek>"
      Als dezelfde opvraging met dat clientcertificaat wordt gedaan
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

      Voorbeelden:
        | gebrek                 |
        | dat is verlopen        |
        | dat nog niet geldig is |

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                     |
        | met een verlopen certificaat               |
        | met een certificaat dat nog niet geldig is |
