# language: nl
@norm:EOVERDRACHT
Functionaliteit: Verpleegkundige overdracht – wat meegaat

  @eis:WGZ-EOV-006
  Regel: De overdracht bevat alleen wat nodig is, en niets dat is afgeschermd

    Scenario: wat is afgeschermd, gaat niet mee
      Gegeven de testpatiënt "afgeschermd"
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      Als keur het document van de overdracht ophaalt
      Dan staat in het document niets dat is afgeschermd

    Scenario: wat niet bij de overdracht hoort, gaat niet mee
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een overdracht van deze patiënt naar keur
      En keur heeft een toegangstoken voor deze overdracht
      En keur heeft de Task gelezen
      Als keur het document van de overdracht ophaalt
      Dan hoort alles in het document bij de Composition
