# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – hoe een token wordt gevraagd en getoond
  > Een token telt op één plaats, onder één schema, en alleen voor wie het vroeg.

  @eis:WGZ-SEC-043
  Regel: Een token werkt alleen in de kop van het verzoek

    Abstract Scenario: het product weigert een token <plaats>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als het token wordt meegegeven "<plaats>"
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

      Voorbeelden:
        | plaats                             |
        | in het adres                       |
        | in het formulier van een zoekvraag |

  @eis:WGZ-SEC-044
  Regel: Alleen één leesbaar token onder het juiste schema telt

    Abstract Scenario: het product weigert een opvraging <kop>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als de opvraging wordt gedaan met een kop "<kop>"
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

      Voorbeelden:
        | kop                                    |
        | met het schema Basic                   |
        | zonder schema                          |
        | met het schema Bearer en zonder bewijs |
        | met twee tokens                        |
        | met een token van twee delen           |
        | met een token van vier delen           |
        | met een token dat geen base64 is       |

  @eis:WGZ-SEC-045
  Regel: Het tokenadres geeft geen token dat nergens aan is gebonden

    Scenario: zonder bewijs komt er geen token, of een token dat aan het certificaat is gebonden
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd zonder bewijs van een sleutel
      Dan is er geen token, of is het aan het certificaat van de vrager gebonden

  @eis:WGZ-SEC-046
  Regel: Het tokenadres weigert authorization_details die het niet kent of die over een ander gaan

    Abstract Scenario: het tokenadres weigert authorization_details <fout>
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd met authorization_details "<fout>"
      Dan krijgt de client geen token

      Voorbeelden:
        | fout                                             |
        | van een onbekende soort                          |
        | met een tweede onderdeel van een onbekende soort |
        | voor het adres van een andere bron               |
