# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – de handtekening van een bericht

  @eis:WGZ-SEC-020
  Regel: De ontvanger controleert de handtekening van een ondertekend bericht

    Abstract Scenario: het product weigert een bericht <aanval> (handtekening <vorm>)
      Gegeven een aangenomen bericht met een handtekening "<vorm>"
      Als hetzelfde bericht met een handtekening "<vorm>" wordt gestuurd "<aanval>"
      Dan weigert het product het bericht

      Voorbeelden:
        | vorm                | aanval                                             |
        | om het bericht heen | met een gewijzigde inhoud                          |
        | om het bericht heen | zonder handtekening                                |
        | om het bericht heen | met alg none                                       |
        | om het bericht heen | met een gewijzigde handtekening                    |
        | om het bericht heen | met een andere sleutel dan die van het certificaat |
        | om het bericht heen | met het certificaat van een onbekende uitgever     |
        | los van het bericht | met een gewijzigde inhoud                          |
        | los van het bericht | zonder handtekening                                |
        | los van het bericht | met alg none                                       |
        | los van het bericht | met een gewijzigde handtekening                    |
        | los van het bericht | met een andere sleutel dan die van het certificaat |
        | los van het bericht | met het certificaat van een onbekende uitgever     |
