# language: nl
@norm:NICTIZ-API
Functionaliteit: API-strategie – de beschrijving van de API

  @eis:WGZ-API-005
  Regel: De versie van het product is via de API op te vragen

    Scenario: de beschrijving noemt product en versies
      Als de beschrijving van de API wordt opgevraagd
      Dan noemt de beschrijving de naam en versie van het product en de FHIR-versie

  @eis:WGZ-API-013
  Regel: De API beschrijft zichzelf in een vorm die een computer kan lezen

    Scenario: de beschrijving is volledig
      Als de beschrijving van de API wordt opgevraagd
      Dan is de beschrijving volledig en van de juiste FHIR-versie

    Scenario: de beschrijving is waar
      Gegeven een leesbare beschrijving van de API
      Als van elk beloofd resourcetype iets wordt gevraagd
      Dan kent het product elk van deze resourcetypen

  @eis:WGZ-API-014
  Regel: Wat de API belooft, werkt, en wat zij niet belooft, weigert zij

    Scenario: elk beloofd resourcetype werkt
      Gegeven een leesbare beschrijving van de API
      Als van elk beloofd resourcetype iets wordt gevraagd
      Dan werkt elke belofte

    Scenario: een steekproef van de zoekparameters werkt
      Gegeven een leesbare beschrijving van de API
      Als een steekproef van de beloofde zoekparameters wordt gebruikt
      Dan werkt elke belofte

    Scenario: wat niet is beloofd, wordt geweigerd
      Gegeven een leesbare beschrijving van de API
      Als iets wordt gevraagd dat niet in de beschrijving staat
      Dan weigert het product alles wat het niet belooft
