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

    Scenario: alle zoekvragen van de BgZ staan in het logboek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      Als alle zoekvragen van de BgZ worden gedaan
      En al deze zoekvragen in het logboek worden opgezocht
      Dan staat elk van deze verzoeken in het logboek

  @eis:WGZ-LOG-010
  Regel: Een geweigerde opvraging staat in het logboek, zonder verzonnen gebruiker

    Scenario: een opvraging met een onbekend token staat in het logboek zonder gebruiker
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een opvraging met een token dat het product niet kent
      Als het logboek daarna wordt opgevraagd
      Dan staat het verzoek binnen de afgesproken tijd in het logboek
      En noemt de logregel een uitkomst die geen succes is
      En heeft de logregel van de weigering alle verplichte onderdelen
      En noemt de logregel geen gebruiker

    Scenario: een opvraging buiten de scope van het token staat in het logboek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een token dat alleen de patiënt zelf laat zien en geen klinische gegevens
      Als met dat token "Condition" wordt opgevraagd en het tijdstip wordt genoteerd
      En het logboek daarna wordt opgevraagd
      Dan staat het verzoek binnen de afgesproken tijd in het logboek
      En heeft de logregel van de weigering alle verplichte onderdelen

    Scenario: een opvraging zonder recht op inzage staat in het logboek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      En een opvraging van een patiënt die de vrager niet mag inzien
      Als het logboek daarna wordt opgevraagd
      Dan staat het verzoek binnen de afgesproken tijd in het logboek
      En heeft de logregel van de weigering alle verplichte onderdelen

    Scenario: elke geweigerde aanval op het token of het bewijs staat in het logboek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als elke aanval op het token of het bewijs een keer alleen wordt uitgevoerd
      En het logboek wordt geëxporteerd
      Dan staat elke geweigerde aanval in het logboek

  @eis:WGZ-LOG-011
  Regel: De logregels van beide partijen dragen hetzelfde verzoeknummer

    Scenario: de logregel van een geslaagde opvraging draagt het nummer van het verzoek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met de logregel die daarbij hoort
      Dan draagt de logregel het nummer van het verzoek

    Scenario: de logregel van een weigering draagt het nummer van het verzoek
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met de logregel die daarbij hoort
      En een opvraging met een token dat het product niet kent
      Als het logboek daarna wordt opgevraagd
      Dan draagt de logregel het nummer van het verzoek
