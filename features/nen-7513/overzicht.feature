# language: nl
@norm:NEN7513
Functionaliteit: Wabvpz – het overzicht voor de patiënt

  @eis:WGZ-LOG-013
  Regel: Het patiëntoverzicht toont wie wanneer welke gegevens gaf of bekeek

    Scenario: het overzicht noemt elke organisatie die gegevens vroeg
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En twee organisaties die elk de zoekvraag "Condition?patient.identifier={bsn}" hebben gedaan
      Als het overzicht van deze patiënt wordt opgevraagd
      Dan noemt het overzicht elke organisatie met tijdstip, soort gegevens en bron

  @eis:WGZ-LOG-014
  Regel: Het patiëntoverzicht bevat geen gegevens van andere patiënten

    Scenario: het overzicht gaat over één patiënt
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de zoekvraag "Condition?patient.identifier={bsn}" die is geslaagd
      En dezelfde vrager die ook de zoekvraag "Patient?identifier={bsn}" deed over een andere patiënt
      Als het overzicht van deze patiënt wordt opgevraagd
      Dan gaat het gevondene alleen over deze patiënt
