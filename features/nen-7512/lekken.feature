# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – wat een weigering verraadt
  > Wie geen toegang heeft, leert ook niets uit het antwoord.

  Achtergrond:
    Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt

  @eis:WGZ-SEC-021
  Regel: Een foutmelding verraadt niets over het systeem of de patiënt

    Abstract Scenario: de foutmelding van het tokenadres op <verzoek>
      Gegeven een geslaagde tokenaanvraag
      Als een onbruikbaar tokenverzoek wordt gestuurd: "<verzoek>"
      Dan verraadt het antwoord niets over het systeem of de patiënt

      Voorbeelden:
        | verzoek                                   |
        | een leeg formulier                        |
        | JSON in plaats van een formulier          |
        | een onbekende grant_type                  |
        | een onleesbare clientverklaring           |
        | onleesbare authorization_details          |
        | authorization_details van een ander soort |
        | een onleesbaar DPoP-bewijs                |
        | een heel lang veld                        |

    Abstract Scenario: de foutmelding van het FHIR-adres op <opvraging>
      Gegeven een geslaagde opvraging met certificaat en token
      Als een onbruikbare opvraging wordt gestuurd: "<opvraging>"
      Dan verraadt het antwoord niets over het systeem of de patiënt

      Voorbeelden:
        | opvraging                        |
        | een datum die geen datum is      |
        | een aantal dat geen getal is     |
        | een stukje SQL als waarde        |
        | een pad als waarde               |
        | een heel lange waarde            |
        | tekens buiten het alfabet        |
        | een _revinclude zonder betekenis |
        | een onbekend resourcetype        |
        | een verzonnen bladwijzer         |
        | een onmogelijk id                |

    Abstract Scenario: de foutmelding van het FHIR-adres op <toegang>
      Gegeven een geslaagde opvraging met certificaat en token
      Als een opvraging wordt gestuurd met "<toegang>"
      Dan verraadt het antwoord niets over het systeem of de patiënt

      Voorbeelden:
        | toegang                      |
        | een onleesbaar toegangstoken |
        | een onleesbaar DPoP-bewijs   |

  @eis:WGZ-SEC-022
  Regel: Een weigering is gelijk voor een bekende en een onbekende patiënt

    Abstract Scenario: zonder token is aan het antwoord over de testpatiënt <patiënt> niet te zien dat die bestaat
      Gegeven een geslaagde opvraging met certificaat en token
      Als zonder token eerst naar de testpatiënt "<patiënt>" en dan naar een onbekende patiënt wordt gevraagd
      Dan zijn de antwoorden over de testpatiënt "<patiënt>" en de onbekende patiënt gelijk

      Voorbeelden:
        | patiënt            |
        | ander              |
        | zonder toestemming |

    Abstract Scenario: wie geen recht heeft op <soort> van een patiënt ziet niet dat die patiënt bestaat
      Gegeven een geslaagde opvraging met certificaat en token
      Als "<soort>" eerst van de testpatiënt "ander" en dan van een onbekende patiënt wordt opgevraagd
      Dan zijn de antwoorden over de testpatiënt "ander" en de onbekende patiënt gelijk

      Voorbeelden:
        | soort              |
        | Condition          |
        | AllergyIntolerance |
        | Procedure          |
