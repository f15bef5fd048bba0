# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – wie een token mag vragen
  > Het tokenadres weet wie er vraagt, en gelooft alleen wat is ondertekend.

  @eis:WGZ-SEC-016
  Regel: De inhoud van elke verklaring wordt gecontroleerd: uitgever, ontvanger, einde en nummer

    Abstract Scenario: het tokenadres weigert een verklaring <fout>
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd met een verklaring "<fout>"
      Dan krijgt de client geen token

      Voorbeelden:
        | fout               |
        | zonder iss         |
        | met een andere iss |
        | zonder aud         |
        | met een andere aud |
        | zonder exp         |
        | die is verlopen    |
        | zonder jti         |

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                           |
        | met een clientverklaring voor een ander          |
        | met een clientverklaring van een andere uitgever |
        | met een verlopen clientverklaring                |
        | met een clientverklaring zonder nummer           |

  @eis:WGZ-SEC-018
  Regel: Het tokenadres aanvaardt alleen clients die met een eigen sleutel tekenen

    Abstract Scenario: het tokenadres weigert een client die zich aanmeldt met <aanmelding>
      Gegeven een geslaagde tokenaanvraag
      Als de client zich bij het tokenadres aanmeldt met "<aanmelding>"
      Dan krijgt de client geen token

      Voorbeelden:
        | aanmelding                         |
        | een wachtwoord in de kop           |
        | een wachtwoord in het formulier    |
        | alleen een client_id               |
        | niets                              |
        | een verklaring van een ander soort |

  @eis:WGZ-SEC-019
  Regel: Publieke sleutels staan op een JWKS-adres en een ingetrokken sleutel werkt niet meer

    Scenario: het product publiceert alleen publieke sleutels en tekent daarmee zijn tokens
      Gegeven een geslaagde tokenaanvraag
      Als de sleutelset van het product wordt opgehaald
      Dan staan daarin alleen publieke, asymmetrische sleutels
      En is het token met een van die sleutels ondertekend

    Scenario: het product volgt een client die zijn sleutel vervangt
      Gegeven een client die met zijn eerste sleutel een token krijgt
      Als de client een nieuwe sleutel publiceert en de eerste intrekt
      Dan krijgt de client een token met de nieuwe sleutel
      En krijgt de client met de eerste sleutel geen token meer

  @eis:WGZ-SEC-024
  Regel: Het URA-nummer in de aanvraag is gelijk aan dat in het certificaat

    Abstract Scenario: het tokenadres weigert een aanvraag met het URA-nummer van <organisatie>
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd met het URA-nummer van "<organisatie>"
      Dan krijgt de client geen token

      Voorbeelden:
        | organisatie            |
        | een andere organisatie |
        | de bron zelf           |

    Scenario: het tokenadres weigert een client over de verbinding van een andere organisatie
      Gegeven een geslaagde tokenaanvraag door een tweede organisatie
      Als de tweede organisatie een token vraagt over de verbinding van de eerste
      Dan krijgt de client geen token

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                             |
        | in naam van een andere organisatie |
