# language: nl
@norm:ADR
Functionaliteit: NL API Design Rules – tijd, volgorde, websites en versies

  > Regels die om eigen vragen vragen, naast de rondgang.

  @eis:WGZ-ADR-035
  Regel: Een tijdstip uit een andere tijdzone blijft hetzelfde tijdstip

    Scenario: live: een tijdstip uit een andere tijdzone blijft hetzelfde tijdstip
      Gegeven een API die antwoordt op wat is beschreven
      Als tijdstippen uit andere tijdzones worden bewaard en teruggelezen
      Dan is elk tijdstip hetzelfde gebleven

  @eis:WGZ-ADR-036
  Regel: De API houdt geen sessie bij

    Scenario: live: de API houdt geen sessie bij
      Gegeven een API die antwoordt op wat is beschreven
      Als alles in omgekeerde volgorde op nieuwe verbindingen wordt gelezen
      Dan zijn de antwoorden hetzelfde, zonder koekje

  @eis:WGZ-ADR-037
  Regel: Alleen opgegeven websites mogen gegevens lezen

    Scenario: live: alleen opgegeven websites mogen gegevens lezen
      Gegeven een API die antwoordt op wat is beschreven
      En websites die de gegevens van de API mogen lezen
      Als opgegeven en andere websites om gegevens vragen
      Dan mogen alleen de opgegeven websites de gegevens lezen

  @eis:WGZ-ADR-038
  Regel: Hooguit twee hoofdversies zijn tegelijk in gebruik

    Scenario: live: hooguit twee hoofdversies zijn tegelijk in gebruik
      Gegeven een API die antwoordt op wat is beschreven
      Als naar de hoofdversies rond die van de API wordt gevraagd
      Dan zijn er hooguit twee hoofdversies in gebruik
