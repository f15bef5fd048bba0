# language: nl
@norm:ADR
Functionaliteit: OpenAPI – de beveiliging die de beschrijving noemt

  > Elke operatie met beveiliging, zonder token en met een verzonnen token.

  @eis:WGZ-CON-009
  Regel: Beveiliging die de beschrijving noemt, is er ook

    Scenario: elke beveiligde operatie zonder token en met een verzonnen token
      Gegeven een API die antwoordt op wat is beschreven
      En een token waarmee de eerste organisatie wel iets krijgt
      Als elke beveiligde operatie zonder token en met een verzonnen token wordt gevraagd
      Dan vraagt de API telkens om een geldig token
