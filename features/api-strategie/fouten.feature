# language: nl
@norm:NICTIZ-API
Functionaliteit: API-strategie – fouten en wat de API over zichzelf verraadt

  @eis:WGZ-API-011
  Regel: De API toont niets van haar techniek

    Scenario: geen enkele kop noemt de gebruikte software
      Gegeven een geslaagde opvraging
      Als verschillende soorten antwoorden worden opgevraagd
      Dan noemt geen enkel antwoord de gebruikte software

  @eis:WGZ-API-015
  Regel: Elke fout heeft de juiste status en een OperationOutcome

    Scenario: een resourcetype dat niet bestaat
      Gegeven een geslaagde opvraging
      Als naar een resourcetype wordt gevraagd dat niet bestaat
      Dan krijgt de fout een status van 400 tot en met 499
      En legt een OperationOutcome de fout uit

    Scenario: een resource die niet bestaat
      Gegeven een geslaagde opvraging
      Als naar een resource wordt gevraagd die niet bestaat
      Dan krijgt de fout een status van 400 tot en met 499
      En legt een OperationOutcome de fout uit

    Scenario: een zoekparameter met een onmogelijke waarde
      Gegeven een geslaagde opvraging
      Als een zoekvraag met een onmogelijke datum wordt gedaan
      Dan krijgt de fout een status van 400 tot en met 499
      En legt een OperationOutcome de fout uit
