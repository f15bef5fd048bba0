# language: nl
@norm:NEN7513
Functionaliteit: NEN 7513 – het logboek als geheel

  Achtergrond:
    Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
    En de zoekvraag "Condition?patient.identifier={bsn}" die is geslaagd

  @eis:WGZ-LOG-012
  Regel: Niemand kan logregels via de API wijzigen of verwijderen

    Abstract Scenario: een logregel is niet met <methode> aan te passen via <weg>
      Gegeven de logregel van dit verzoek met zijn id
      Als die logregel met de methode "<methode>" wordt aangevallen via <weg>
      Dan wordt de aanval geweigerd en staat de logregel er nog precies zo

      Voorbeelden:
        | methode | weg            |
        | PUT     | het logboek    |
        | PATCH   | het logboek    |
        | DELETE  | het logboek    |
        | PUT     | het FHIR-adres |
        | PATCH   | het FHIR-adres |
        | DELETE  | het FHIR-adres |

  @eis:WGZ-LOG-015
  Regel: Het logboek is te exporteren in een vergelijkbare, gestructureerde vorm

    Scenario: de export bestaat uit volledige logregels
      Als het logboek wordt geëxporteerd
      Dan bestaat de export uit volledige logregels in de vorm AuditEvent

    Scenario: zoeken op datum en patiënt geeft de regel van het verzoek en niets van een ander
      Gegeven dezelfde vrager die ook de zoekvraag "Patient?identifier={bsn}" deed over een andere patiënt
      Als in het logboek wordt gezocht op datum en patiënt
      Dan geeft het logboek de regel van dit verzoek
      En gaat het gevondene alleen over deze patiënt

  @eis:WGZ-LOG-016
  Regel: Zoeken in het logboek mag alleen met een passende rol en wordt zelf vastgelegd

    Scenario: zonder geheim geeft het logboek niets
      Gegeven een inzage in het logboek die is gelukt
      Als zonder het geheim van het logboek in het logboek wordt gezocht
      Dan weigert het logboek de inzage

    Scenario: een gewoon toegangstoken geeft geen inzage in het logboek
      Gegeven een inzage in het logboek die is gelukt
      Als met een gewoon toegangstoken in het logboek wordt gezocht
      Dan weigert het logboek de inzage

    Scenario: wie in het logboek zoekt, staat er zelf ook in
      Gegeven een inzage in het logboek die is gelukt
      Als de inzage zelf in het logboek wordt opgezocht
      Dan staat ook die inzage in het logboek

  @eis:WGZ-LOG-018
  Regel: Het logboek bevat geen tokens, sleutels of volledige inhoud

    Scenario: de logregels na een opvraging bevatten geen geheimen
      Als het logboek wordt geëxporteerd
      Dan staan in de export geen tokens, sleutels of opgevraagde inhoud
