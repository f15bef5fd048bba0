# language: nl
@norm:DRIELUIK
Functionaliteit: API-strategie – opgegeven, beschreven en waargenomen

  > Alleen leesverzoeken. Wat is beschreven en niet werkt, wijst een andere eis aan; de tabel in het rapport noemt welke.

  @eis:WGZ-API-019
  Regel: Wat de API doet of de leverancier opgeeft, staat in haar beschrijving

    Scenario: de drie naast elkaar
      Gegeven een leesbare beschrijving van de API
      Als naast elkaar wordt gelegd wat is opgegeven, wat is beschreven en wat werkt
      Dan staat alles wat werkt of is opgegeven in de beschrijving
