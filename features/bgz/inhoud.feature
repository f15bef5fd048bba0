# language: nl
@norm:BGZ
Functionaliteit: BgZ – de inhoud van de resources

  @eis:WGZ-BGZ-003
  Regel: De resources voldoen aan de zib- en nl-core-profielen

    Achtergrond:
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de antwoorden op alle zoekvragen van de BgZ

    Scenario: de verplichte elementen en vaste codes zijn aanwezig
      Dan heeft elke resource de verplichte elementen en vaste codes van haar profiel

    Scenario: elke code heeft een codestelsel en een waarde
      Dan heeft elke code een codestelsel en een waarde

    Scenario: een waardelijst staat niet op de plaats van een codestelsel
      Dan is geen codestelsel in werkelijkheid een waardelijst

    Scenario: elk begrip is voor mensen leesbaar
      Dan heeft elk begrip een leesbare omschrijving

    Scenario: elk nummer zegt uit welk stelsel het komt
      Dan heeft elk nummer een stelsel of soort en een waarde

    Scenario: elke verwijzing is voor mensen leesbaar
      Dan heeft elke verwijzing een leesbare naam

    Scenario: elke resource zegt welk profiel zij volgt
      Dan noemt elke resource haar profiel
