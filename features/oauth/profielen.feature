# language: nl
@norm:OAUTH
Functionaliteit: OAuth – wat het gekozen profiel vraagt
  > Profielen spreken elkaar tegen. De variant kiest het profiel, en het profiel zegt wat moet en wat niet mag.

  @eis:WGZ-OAU-001
  Regel: Het tokenadres volgt het OAuth-profiel in de algoritmen van een clientverklaring

    Abstract Scenario: het tokenadres en een clientverklaring onder <algoritme>
      Gegeven een OAuth-profiel dat iets zegt over het algoritme "<algoritme>"
      En een client met een sleutel voor "<algoritme>", die ook met een andere sleutel een token krijgt
      Als de client een token vraagt met een verklaring onder "<algoritme>"
      Dan doet het tokenadres wat het OAuth-profiel vraagt

      Voorbeelden:
        | algoritme |
        | RS256     |
        | RS384     |

  @eis:WGZ-OAU-002
  Regel: Het tokenadres volgt het OAuth-profiel in de ontvanger van een clientverklaring

    Abstract Scenario: het tokenadres en een clientverklaring voor <ontvanger>
      Gegeven een OAuth-profiel dat iets zegt over een verklaring voor "<ontvanger>"
      En een geslaagde tokenaanvraag
      Als een token wordt gevraagd met een verklaring die is bedoeld voor "<ontvanger>"
      Dan doet het tokenadres wat het OAuth-profiel vraagt

      Voorbeelden:
        | ontvanger      |
        | het tokenadres |
        | de uitgever    |
        | beide          |

  @eis:WGZ-OAU-003
  Regel: Het tokenadres volgt het OAuth-profiel in de tijden van een clientverklaring

    Abstract Scenario: het tokenadres en een clientverklaring <tijd>
      Gegeven een OAuth-profiel dat iets zegt over een verklaring "<tijd>"
      En een geslaagde tokenaanvraag
      Als een token wordt gevraagd met die verklaring "<tijd>"
      Dan doet het tokenadres wat het OAuth-profiel vraagt

      Voorbeelden:
        | tijd                          |
        | van een paar seconden vooruit |
        | van twee minuten vooruit      |
        | die een kwartier geldig is    |

  @eis:WGZ-OAU-004
  Regel: Een toegangstoken heeft de onderdelen die het OAuth-profiel vraagt

    Scenario: het toegangstoken is volledig volgens het profiel
      Gegeven een geslaagde tokenaanvraag
      Dan heeft het toegangstoken de onderdelen die het OAuth-profiel vraagt
