# language: nl
@norm:EOVERDRACHT
Functionaliteit: Verpleegkundige overdracht – de ontvanger

  @eis:WGZ-EOV-001
  Regel: De ontvanger neemt een lege melding van een overdracht aan

    Scenario: de ontvanger neemt de melding aan
      Gegeven een overdracht van keur voor het product
      Als keur meldt dat zij klaarstaat
      Dan neemt het product elke melding aan

    Scenario: de ontvanger neemt een tweede melding aan voordat de eerste is verwerkt
      Gegeven een overdracht van keur voor het product
      Als keur nog iets anders meldt voordat het eerste is opgehaald
      Dan neemt het product elke melding aan

  @eis:WGZ-EOV-011
  Regel: De ontvanger haalt de Task en het bericht van de overdracht op

    Scenario: de ontvanger haalt op wat de Task noemt
      Gegeven een overdracht van keur voor het product
      Als keur meldt dat zij klaarstaat
      Dan haalt het product de Task op en precies wat daarin staat
      En draagt elk verzoek het token dat keur gaf

  @eis:WGZ-EOV-012
  Regel: De ontvanger meldt terug dat de overdracht is afgerond

    Scenario: de ontvanger werkt de Task bij
      Gegeven een overdracht van keur voor het product
      Als keur meldt dat zij klaarstaat
      Dan doorloopt de Task de statussen tot en met afgerond
      En blijft de rest van de Task zoals zij was

  @eis:WGZ-EOV-013
  Regel: Dezelfde melding van een overdracht leidt één keer tot ophalen

    Scenario: de melding komt nog een keer
      Gegeven een overdracht van keur voor het product
      En het product heeft haar ontvangen en afgerond
      Als keur hetzelfde nog eens meldt
      Dan leidt de tweede melding niet tot een tweede overdracht

  @eis:WGZ-EOV-014
  Regel: Een afgeronde, ingetrokken of onbekende overdracht laat de ontvanger met rust

    Abstract Scenario: de ontvanger doet niets met een Task <toestand>
      Gegeven een product dat zelf zegt dat het klaar is
      En een overdracht van keur "<toestand>"
      Als keur meldt dat zij klaarstaat en het product klaar is
      Dan laat het product de Task verder met rust

      Voorbeelden:
        | toestand           |
        | die al is afgerond |
        | die is ingetrokken |
        | die er niet is     |

  @eis:WGZ-EOV-015
  Regel: Wat niet helemaal is ontvangen, meldt de ontvanger niet als een geslaagde overdracht

    Abstract Scenario: de ontvanger rondt niets af <toestand>
      Gegeven een product dat zelf zegt dat het klaar is
      En een overdracht van keur "<toestand>"
      Als keur meldt dat zij klaarstaat en het product klaar is
      Dan meldt het product de overdracht niet als geslaagd

      Voorbeelden:
        | toestand                                 |
        | waarvan een antwoord een fout is         |
        | waarvan een antwoord halverwege afbreekt |
        | waarvan een antwoord uitblijft           |

  @eis:WGZ-EOV-016
  Regel: Zonder token neemt de ontvanger geen melding van een overdracht aan

    Scenario: een melding zonder token wordt geweigerd
      Gegeven een overdracht van keur voor het product
      En het product heeft haar ontvangen en afgerond
      Als keur meldt dat zij klaarstaat, zonder token
      Dan weigert het product de melding zonder token
