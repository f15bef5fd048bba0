# language: nl
@norm:NEN7513
Functionaliteit: NEN 7513 – elk verzoek staat in het logboek

  @eis:WGZ-LOG-001
  Regel: Elke geslaagde opvraging staat in het logboek

    Scenario: een zoekvraag staat in het logboek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      Als de zoekvraag "Condition?patient.identifier={bsn}" wordt gedaan
      En de opvraging slaagt
      En het logboek daarna wordt opgevraagd
      Dan staat het verzoek binnen de afgesproken tijd in het logboek

    Scenario: het lezen van één gegeven staat in het logboek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als het gevonden gegeven met zijn id wordt gelezen
      En de opvraging slaagt
      En het logboek daarna wordt opgevraagd
      Dan staat het verzoek binnen de afgesproken tijd in het logboek

  @eis:WGZ-LOG-010
  Regel: Een geweigerde opvraging staat in het logboek, zonder verzonnen gebruiker

    Scenario: een opvraging met een onbekend token staat in het logboek zonder gebruiker
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een opvraging met een token dat het product niet kent
      Als het logboek daarna wordt opgevraagd
      Dan staat het verzoek binnen de afgesproken tijd in het logboek
      En noemt de logregel een uitkomst die geen succes is
      En noemt de logregel geen gebruiker

    Scenario: een opvraging zonder recht op inzage staat in het logboek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een opvraging van een patiënt die de vrager niet mag inzien
      Als het logboek daarna wordt opgevraagd
      Dan staat het verzoek binnen de afgesproken tijd in het logboek
