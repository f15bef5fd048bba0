# language: nl
@norm:NCSC-TLS
Functionaliteit: TLS – wat de server van zichzelf laat zien

  > De TLS-proef stelt de server een reeks vragen, elk over een eigen verbinding. Elke bevinding krijgt het niveau
  > dat de richtlijn van het NCSC eraan geeft; de variant van het profiel kiest de uitgave.

  @eis:WGZ-TLS-001
  Regel: De dienst spreekt alleen veilige versies van TLS

    Scenario: de TLS-proef vindt over versies niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "versies" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-002
  Regel: De dienst kent geen onvoldoende suite

    Scenario: de TLS-proef vindt over suites niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "suites" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-003
  Regel: De server kiest zwakkere suites pas na de sterke

    Scenario: de TLS-proef vindt over volgorde van suites niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "volgorde van suites" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-004
  Regel: De sleuteluitwisseling gebruikt sterke groepen

    Scenario: de TLS-proef vindt over sleuteluitwisseling niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "sleuteluitwisseling" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-005
  Regel: De handshake wordt met een sterke hash ondertekend

    Scenario: de TLS-proef vindt over handtekeningen in de handshake niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "handtekeningen in de handshake" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-006
  Regel: Sleutels en handtekeningen van de certificaten zijn sterk

    Scenario: de TLS-proef vindt over sleutels en handtekeningen van certificaten niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "sleutels en handtekeningen van certificaten" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-007
  Regel: De certificaatketen is volledig, geldig en in de juiste volgorde

    Scenario: namen, datums en volgorde van de keten kloppen, en zij leidt naar een opgegeven CA
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "certificaatketen" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende
      En leidt het servercertificaat naar een opgegeven CA

  @eis:WGZ-TLS-008
  Regel: Een meegestuurd OCSP-antwoord is geldig en gaat over het certificaat

    Scenario: de TLS-proef vindt over meegestuurd OCSP-antwoord niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "meegestuurd OCSP-antwoord" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-009
  Regel: De server comprimeert niet in TLS

    Scenario: de TLS-proef vindt over compressie niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "compressie" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-010
  Regel: De server bevestigt veilige heronderhandeling

    Scenario: de TLS-proef vindt over heronderhandeling niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "heronderhandeling" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-011
  Regel: De server neemt geen vroege gegevens (0-RTT) aan

    Scenario: het product neemt geen vroege gegevens aan
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de client de verbinding uit de TLS-proef wil hervatten
      Dan neemt het product geen vroege gegevens aan

  @eis:WGZ-TLS-012
  Regel: TLS 1.2 bindt de sleutels aan de hele handshake

    Scenario: de TLS-proef vindt over extended master secret niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "extended master secret" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende

  @eis:WGZ-TLS-013
  Regel: De dienst vraagt clients om voortaan alleen TLS te gebruiken

    Scenario: een antwoord draagt de kop Strict-Transport-Security
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als een client het adres van de dienst opvraagt
      Dan vraagt het antwoord om voortaan alleen TLS te gebruiken

  @eis:WGZ-TLS-014
  Regel: Een clientcertificaat dat de server vraagt, is ook verplicht

    Scenario: zonder het gevraagde clientcertificaat komt geen verbinding tot stand
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als een client zonder certificaat verbinding zoekt
      Dan is een gevraagd clientcertificaat ook verplicht

  @eis:WGZ-TLS-015
  Regel: Niets in de TLS-instellingen is uit te faseren

    Scenario: geen enkele bevinding van de TLS-proef is uit te faseren
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als alle bevindingen naast de richtlijn worden gelegd
      Dan is van alle bevindingen niets uit te faseren

  @eis:WGZ-TLS-016
  Regel: Een client kan niet onbeperkt heronderhandelen

    Scenario: de TLS-proef vindt over heronderhandeling door de client niets dat onvoldoende is
      Gegeven het product beantwoordt de TLS-proef tot en met hele handshakes
      Als de bevindingen over "heronderhandeling door de client" naast de richtlijn worden gelegd
      Dan is daarvan niets onvoldoende
