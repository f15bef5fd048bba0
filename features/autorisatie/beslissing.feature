# language: nl
@norm:AUTORISATIE
Functionaliteit: Autorisatie – beslissing bij de bron

  @eis:WGZ-ATZ-001
  Regel: De bron controleert bij elke aanvraag het doel

    Abstract Scenario: het tokenadres weigert een aanvraag <doel>
      Gegeven een geslaagde tokenaanvraag
      Als een token wordt gevraagd "<doel>"
      Dan krijgt de client geen token

      Voorbeelden:
        | doel                                   |
        | zonder doel                            |
        | met een leeg doel                      |
        | met een code die niet bestaat          |
        | met een doel buiten de zorg            |
        | met een doel uit een ander codestelsel |

  @eis:WGZ-ATZ-002 @variant:gisa-2026-a
  Regel: Een vraag zonder verwijzing noemt het soort organisatie

    > Alleen concept A laat de bron dit bij elke aanvraag controleren. In concept B weet het tokenadres nog niet of de vraag
    > op een verwijzing berust.

    Abstract Scenario: het tokenadres weigert een aanvraag met <soort>
      Gegeven een geslaagde tokenaanvraag
      Als een organisatie een token vraagt met "<soort>"
      Dan krijgt de client geen token

      Voorbeelden:
        | soort                              |
        | geen soort organisatie             |
        | een soort uit een ander codestelsel |

  @eis:WGZ-ATZ-004
  Regel: De vrager krijgt alleen gegevens van de patiënt en de soort waarvoor hij recht heeft

    Abstract Scenario: een token zonder klinische scope geeft geen <soort>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging van "<soort>"
      En een token dat alleen de patiënt zelf laat zien en geen klinische gegevens
      Als met dat token "<soort>" wordt opgevraagd
      Dan bevat het antwoord geen gegevens van welke patiënt ook

      Voorbeelden:
        | soort              |
        | Condition          |
        | AllergyIntolerance |
        | Procedure          |

    Scenario: een token zonder klinische scope leest ook geen gegeven waarvan het id bekend is
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging van "Condition"
      En een token dat alleen de patiënt zelf laat zien en geen klinische gegevens
      Als met dat token een gevonden "Condition" wordt gelezen
      Dan bevat het antwoord geen gegevens van welke patiënt ook

    Abstract Scenario: met <parameter> komt niets mee dat buiten de scope valt
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een token dat alleen de patiënt zelf laat zien en geen klinische gegevens
      Als met dat token de patiënt wordt opgevraagd met "<parameter>"
      Dan bevat het antwoord alleen gegevens binnen de scope van dat token

      Voorbeelden:
        | parameter                             |
        | _include=Patient:general-practitioner |
        | _revinclude=Provenance:target         |
        | _revinclude=Condition:subject         |

    Abstract Scenario: de vrager krijgt geen <soort> van een patiënt voor wie hij geen recht heeft
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als "<soort>" wordt opgevraagd van een patiënt voor wie de vrager geen recht heeft
      Dan bevat het antwoord geen gegevens van welke patiënt ook

      Voorbeelden:
        | soort     |
        | Patient   |
        | Condition |
        | Procedure |

  @eis:WGZ-ATZ-005
  Regel: Eén verzoek geeft gegevens van hooguit één patiënt

    Abstract Scenario: één zoekvraag naar <soort> met twee BSN's
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als in één zoekvraag naar "<soort>" twee BSN's staan: die van de testpatiënten "volledig" en "<tweede>"
      Dan bevat het antwoord gegevens van hooguit één patiënt

      Voorbeelden:
        | soort     | tweede      |
        | Patient   | leeg        |
        | Condition | afgeschermd |

    Abstract Scenario: zoeken zonder patiënt met <zoekvraag>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als zonder patiënt wordt gezocht met "<zoekvraag>"
      Dan bevat het antwoord gegevens van hooguit één patiënt

      Voorbeelden:
        | zoekvraag                        |
        | Patient?_count=1000              |
        | Condition?clinical-status=active |
        | AllergyIntolerance               |

    Abstract Scenario: het product begint geen export met <bewerking>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als een export wordt gevraagd met "<bewerking>"
      Dan begint het product geen export

      Voorbeelden:
        | bewerking       |
        | $export         |
        | Patient/$export |
