# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – meerlaagsbeveiliging

  @eis:WGZ-SEC-010
  Regel: Een geldig certificaat zonder token geeft geen gegevens

    Scenario: het product weigert een opvraging met certificaat maar zonder token
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als dezelfde opvraging zonder token wordt gedaan
      Dan wordt de opvraging geweigerd met status 401
      En bevat het antwoord geen patiëntgegevens
