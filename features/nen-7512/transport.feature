# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – transport

  @eis:WGZ-SEC-001
  Regel: De dienst geeft gegevens alleen over TLS

    Scenario: het product geeft zonder TLS geen gegevens
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En het product antwoordt over TLS
      Als vragen zonder TLS worden gesteld
      Dan geeft het product zonder TLS geen gegevens

  @eis:WGZ-SEC-002
  Regel: De dienst accepteert alleen TLS 1.2 en TLS 1.3

    Abstract Scenario: het product weigert een client met ten hoogste <versie>
      Gegeven het product beantwoordt een TLS-groet met sterke suites
      Als een client verbinding zoekt met ten hoogste "<versie>"
      Dan weigert het product een verbinding met ten hoogste "<versie>"

      Voorbeelden:
        | versie  |
        | SSL 3.0 |
        | TLS 1.0 |
        | TLS 1.1 |

    Scenario: het product werkt met een veilige versie van TLS
      Gegeven het product antwoordt over TLS
      Als een client verbinding zoekt met TLS 1.2 en met TLS 1.3
      Dan komt ten minste één van de verbindingen tot stand

  @eis:WGZ-SEC-003
  Regel: De dienst gebruikt alleen sterke versleutelingssuites

    Abstract Scenario: het product weigert een client met alleen zwakke suites, <soort>
      Gegeven het product beantwoordt een TLS-groet met sterke suites
      Als een client alleen zwakke suites aanbiedt: "<soort>"
      Dan weigert het product de zwakke suites: "<soort>"

      Voorbeelden:
        | soort     |
        | vaste RSA |
        | CBC       |
        | 3DES      |
        | RC4       |
        | NULL      |
        | anoniem   |
        | export    |

  @eis:WGZ-SEC-004
  Regel: TLS-compressie, onveilige heronderhandeling en 0-RTT staan uit

    Scenario: het product gebruikt geen TLS-compressie
      Gegeven het product beantwoordt een TLS-groet met sterke suites
      Als een client TLS-compressie aanbiedt
      Dan gebruikt het product geen TLS-compressie

    Scenario: het product staat alleen veilige heronderhandeling toe
      Gegeven het product beantwoordt een TLS-groet met sterke suites
      Als een client naar veilige heronderhandeling vraagt
      Dan staat het product alleen veilige heronderhandeling toe

    Scenario: het product neemt geen vroege gegevens aan
      Gegeven het product antwoordt over TLS
      Als een client een verbinding met TLS 1.3 wil hervatten
      Dan neemt het product geen vroege gegevens aan
