# language: nl
@norm:AUTORISATIE
Functionaliteit: Autorisatie – de noodprocedure

  @eis:WGZ-ATZ-007
  Regel: Een noodinzage wordt vastgelegd en is zichtbaar voor de patiënt

    > Een bron zonder noodprocedure geeft ook in nood niets: dan is de eis niet van toepassing.

    Scenario: het logboek laat zien dat het een noodinzage was
      Gegeven een noodinzage bij een patiënt van wie de vrager anders niets krijgt
      Als het logboek daarna wordt opgevraagd
      Dan noemt de logregel de noodinzage

    Scenario: het overzicht van de patiënt laat zien dat het een noodinzage was
      Gegeven een noodinzage bij een patiënt van wie de vrager anders niets krijgt
      Als het overzicht van deze patiënt wordt opgevraagd
      Dan noemt het overzicht de noodinzage
