# language: nl
@norm:OWA
Functionaliteit: Beveiliging van API's – deuren

  > Wat zonder token of zonder recht dicht moet zijn.

  @eis:WGZ-OWA-007
  Regel: Een functie met een eigen recht is zonder dat recht dicht

    Scenario: operaties waarop het token geen recht geeft
      Gegeven een API die antwoordt op wat is beschreven
      En een token waarmee de eerste organisatie wel iets krijgt
      Als elke operatie wordt gevraagd waarop het token geen recht geeft
      Dan weigert de API die operaties met status 403

  @eis:WGZ-OWA-010
  Regel: TRACE staat uit en beheerpaden zijn dicht

    Scenario: TRACE met een merkteken in een kop
      Gegeven een API die antwoordt op wat is beschreven
      Als de methode TRACE met een merkteken wordt gestuurd
      Dan herhaalt het antwoord niets van het verzoek

    Scenario: paden voor beheerders zonder token
      Gegeven een API die antwoordt op wat is beschreven
      Als elk beheerpad uit de beschrijving zonder token wordt gevraagd
      Dan zijn die paden dicht
