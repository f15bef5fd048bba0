# language: nl
@norm:OWA
Functionaliteit: Beveiliging van API's – grenzen

  > Te veel, te diep en te groot, met een eigen grens: niets wat een product kan stilleggen.

  @eis:WGZ-OWA-005
  Regel: Grootte, diepte en aantal hebben een grens

    Scenario: een miljoen dingen tegelijk
      Gegeven een API die antwoordt op wat is beschreven
      Als om een miljoen dingen tegelijk wordt gevraagd
      Dan heeft elk aantal een grens, en houdt de API zich daaraan
      En antwoordt de API daarna nog gewoon

    Scenario: inhoud met tweehonderd niveaus
      Gegeven een API die antwoordt op wat is beschreven
      Als inhoud met tweehonderd niveaus wordt gestuurd
      Dan weigert de API dat als een fout van de vrager
      En antwoordt de API daarna nog gewoon

    Scenario: een verzoek groter dan de opgegeven grens
      Gegeven een API die antwoordt op wat is beschreven
      En een opgegeven grens aan de grootte van een verzoek
      Als een goed verzoek met te veel witruimte wordt gestuurd
      Dan neemt de API dat niet aan
      En antwoordt de API daarna nog gewoon
