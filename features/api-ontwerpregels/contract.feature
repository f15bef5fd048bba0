# language: nl
@norm:ADR
Functionaliteit: OpenAPI – de API doet wat zij beschrijft

  > Elk antwoord van de rondgang naast wat de beschrijving ervan zegt.

  @eis:WGZ-CON-003
  Regel: Elke status staat in de beschrijving

    Scenario: rondgang langs de API: elke status staat in de beschrijving
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan is elke status beschreven

  @eis:WGZ-CON-004
  Regel: Elke soort inhoud staat in de beschrijving

    Scenario: rondgang langs de API: elke soort inhoud staat in de beschrijving
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan is elke soort inhoud beschreven

  @eis:WGZ-CON-005
  Regel: Elk antwoord past bij zijn schema

    Scenario: rondgang langs de API: elk antwoord past bij zijn schema
      Gegeven een API die antwoordt op wat is beschreven
      Als de API alle vragen heeft gehad
      Dan past elk antwoord bij zijn schema

  @eis:WGZ-CON-006
  Regel: Wat de beschrijving toelaat, slaagt

    Scenario: rondgang langs de API: wat de beschrijving toelaat, slaagt
      Gegeven een API die antwoordt op wat is beschreven
      Als alles wat te lezen is, twee keer wordt gelezen
      Dan slaagt alles wat de beschrijving toelaat

  @eis:WGZ-CON-007
  Regel: Onjuiste invoer wordt geweigerd en laat niets achter

    Scenario: rondgang langs de API: onjuiste invoer wordt geweigerd en laat niets achter
      Gegeven een API die antwoordt op wat is beschreven
      Als elke operatie onjuiste invoer krijgt
      Dan weigert de API elke onjuiste invoer
      En staat er daarna niets anders dan ervoor

  @eis:WGZ-CON-008
  Regel: Wat is gemaakt, is te lezen, en wat is verwijderd, niet meer

    Scenario: rondgang langs de API: wat is gemaakt, is te lezen, en wat is verwijderd, niet meer
      Gegeven een API die antwoordt op wat is beschreven
      Als alles wat te schrijven is, wordt gemaakt, vervangen en verwijderd
      Dan is te lezen wat is gemaakt en vervangen, en niet meer wat is verwijderd
