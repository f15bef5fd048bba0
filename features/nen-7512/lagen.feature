# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – lagen die samen breken
  > Een indringer heeft soms meer dan één sleutel. Deze scenario's meten hoeveel lagen samen moeten breken voordat er
  > gegevens vrijkomen.

  Achtergrond:
    Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt

  @eis:WGZ-SEC-040
  Regel: Zonder doel of zonder recht komen er geen gegevens vrij, ook niet bij een bekende partij

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                    |
        | met een token dat zonder doel is gevraagd |

    Abstract Scenario: een aanval op de beslissing bij de bron, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij

      Voorbeelden:
        | aanval                                    |
        | naar een patiënt die geen toestemming gaf |

  @eis:WGZ-SEC-041
  Regel: Ook als twee lagen samen breken, komen er geen gegevens vrij

    Abstract Scenario: twee gebroken lagen, <eerste> en <tweede>, geven geen gegevens
      Gegeven de aanvallen "<eerste>" en "<tweede>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | eerste                                                      | tweede                                                      |
        | zonder clientcertificaat                                    | zonder bewijs bij het token                                 |
        | zonder clientcertificaat                                    | met een bewijs van een andere sleutel                       |
        | zonder clientcertificaat                                    | met een bewijs dat al is gebruikt                           |
        | zonder clientcertificaat                                    | bij een andere zorgorganisatie                              |
        | zonder clientcertificaat                                    | naar een patiënt die geen toestemming gaf                   |
        | zonder clientcertificaat                                    | zonder token                                                |
        | zonder clientcertificaat                                    | met een token met alg none                                  |
        | zonder clientcertificaat                                    | met een token van een vreemde sleutel                       |
        | zonder clientcertificaat                                    | met een token met andere inhoud onder dezelfde handtekening |
        | zonder clientcertificaat                                    | met een clientverklaring die al is gebruikt                 |
        | zonder clientcertificaat                                    | in naam van een andere organisatie                          |
        | zonder clientcertificaat                                    | met een clientverklaring voor een ander                     |
        | over de verbinding van een andere organisatie               | met een bewijs voor een ander adres                         |
        | met een ingetrokken certificaat                             | zonder bewijs bij het token                                 |
        | met een certificaat van een vreemde uitgever                | met een bewijs van een andere sleutel                       |
        | met een verlopen certificaat                                | met een token dat zonder doel is gevraagd                   |
        | over de verbinding van een andere organisatie               | bij een andere zorgorganisatie                              |
        | met een ingetrokken certificaat                             | naar een patiënt die geen toestemming gaf                   |
        | met een certificaat van een vreemde uitgever                | met een clientverklaring die na het tekenen is veranderd    |
        | met een verlopen certificaat                                | met een token met alg none                                  |
        | over de verbinding van een andere organisatie               | met een token van een vreemde sleutel                       |
        | met een ingetrokken certificaat                             | met een clientverklaring van een andere uitgever            |
        | met een certificaat van een vreemde uitgever                | met een clientverklaring die al is gebruikt                 |
        | met een verlopen certificaat                                | in naam van een andere organisatie                          |
        | met een bewijs voor een ander adres                         | met een token dat zonder doel is gevraagd                   |
        | zonder bewijs bij het token                                 | bij een andere zorgorganisatie                              |
        | met een bewijs van een andere sleutel                       | met een token met andere inhoud onder dezelfde handtekening |
        | met een bewijs dat al is gebruikt                           | met een clientverklaring die na het tekenen is veranderd    |
        | met een bewijs voor een ander adres                         | met een token met alg none                                  |
        | zonder bewijs bij het token                                 | met een clientverklaring voor een ander                     |
        | met een bewijs van een andere sleutel                       | met een clientverklaring van een andere uitgever            |
        | met een bewijs dat al is gebruikt                           | met een clientverklaring die al is gebruikt                 |
        | naar een patiënt die geen toestemming gaf                   | met een token van een vreemde sleutel                       |
        | zonder token                                                | met een clientverklaring die na het tekenen is veranderd    |
        | met een token dat zonder doel is gevraagd                   | met een token met andere inhoud onder dezelfde handtekening |
        | bij een andere zorgorganisatie                              | in naam van een andere organisatie                          |
        | naar een patiënt die geen toestemming gaf                   | met een clientverklaring voor een ander                     |
        | zonder token                                                | met een clientverklaring van een andere uitgever            |
        | met een token met alg none                                  | met een clientverklaring die al is gebruikt                 |
        | met een token van een vreemde sleutel                       | in naam van een andere organisatie                          |
        | met een token met andere inhoud onder dezelfde handtekening | met een clientverklaring voor een ander                     |
        | over de verbinding van een andere organisatie               | zonder bewijs bij het token                                 |

  @eis:WGZ-SEC-042
  Regel: Ook als drie lagen samen breken, komen er geen gegevens vrij

    Abstract Scenario: drie gebroken lagen, <eerste>, <tweede> en <derde>, geven geen gegevens
      Gegeven de aanvallen "<eerste>", "<tweede>" en "<derde>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | eerste                                        | tweede                                                      | derde                                                    |
        | zonder clientcertificaat                      | zonder bewijs bij het token                                 | bij een andere zorgorganisatie                           |
        | zonder clientcertificaat                      | met een bewijs van een andere sleutel                       | met een token met alg none                               |
        | zonder clientcertificaat                      | met een bewijs dat al is gebruikt                           | met een clientverklaring die al is gebruikt              |
        | zonder clientcertificaat                      | naar een patiënt die geen toestemming gaf                   | met een token van een vreemde sleutel                    |
        | zonder clientcertificaat                      | zonder token                                                | in naam van een andere organisatie                       |
        | zonder clientcertificaat                      | met een token met andere inhoud onder dezelfde handtekening | met een clientverklaring voor een ander                  |
        | over de verbinding van een andere organisatie | met een bewijs voor een ander adres                         | met een token dat zonder doel is gevraagd                |
        | met een ingetrokken certificaat               | zonder bewijs bij het token                                 | met een clientverklaring die na het tekenen is veranderd |
        | met een certificaat van een vreemde uitgever  | met een bewijs van een andere sleutel                       | met een clientverklaring van een andere uitgever         |
        | met een verlopen certificaat                  | bij een andere zorgorganisatie                              | met een token met alg none                               |
        | over de verbinding van een andere organisatie | naar een patiënt die geen toestemming gaf                   | met een clientverklaring die al is gebruikt              |
        | met een ingetrokken certificaat               | met een token van een vreemde sleutel                       | in naam van een andere organisatie                       |
        | met een bewijs voor een ander adres           | met een token dat zonder doel is gevraagd                   | met een clientverklaring voor een ander                  |
        | zonder bewijs bij het token                   | met een token met andere inhoud onder dezelfde handtekening | met een clientverklaring van een andere uitgever         |
        | bij een andere zorgorganisatie                | met een token met alg none                                  | met een clientverklaring die al is gebruikt              |
        | over de verbinding van een andere organisatie | zonder bewijs bij het token                                 | bij een andere zorgorganisatie                           |
