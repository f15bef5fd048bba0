# language: nl
@norm:OWA
Functionaliteit: Beveiliging van API's – van wie iets is

  > De eerste organisatie maakt iets met een merkteken. De tweede mag daar niets van zien.

  @eis:WGZ-OWA-001
  Regel: Wat van de ene organisatie is, kan een andere niet lezen, vinden of veranderen

    Scenario: een andere organisatie leest, zoekt, vervangt en verwijdert
      Gegeven een API die antwoordt op wat is beschreven
      En een ding met een merkteken dat de eerste organisatie heeft gemaakt
      En een tweede organisatie die met haar eigen token wel iets krijgt
      Als de tweede organisatie dat ding leest, zoekt, vervangt en verwijdert
      Dan krijgt de tweede organisatie het merkteken niet te zien
      En houdt de eerste organisatie het ding zoals het was

  @eis:WGZ-OWA-009
  Regel: Wat van een ander is, ziet eruit als wat er niet is

    Scenario: een ding van een ander naast een ding dat er niet is
      Gegeven een API die antwoordt op wat is beschreven
      En een ding met een merkteken dat de eerste organisatie heeft gemaakt
      En een tweede organisatie die met haar eigen token wel iets krijgt
      Als de tweede organisatie naar dat ding vraagt, en naar een ding dat er niet is
      Dan zijn beide antwoorden gelijk van vorm

  @eis:WGZ-OWA-003
  Regel: Een client kan velden van de server niet schrijven

    Scenario: velden van de server in een verzoek om te maken en te vervangen
      Gegeven een API die antwoordt op wat is beschreven
      En een ding met een merkteken dat de eerste organisatie heeft gemaakt
      Als de eerste organisatie velden meestuurt die van de server zijn
      Dan staat geen van die waarden in het ding

  @eis:WGZ-OWA-004
  Regel: Antwoorden bevatten alleen velden die zijn beschreven

    Scenario: elk antwoord van de rondgang naast zijn schema
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan bevat geen antwoord een veld dat niet is beschreven
