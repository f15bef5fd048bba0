# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512 – meerlaagsbeveiliging
  > Als één laag breekt, beschermt een andere laag de gegevens nog.

  Achtergrond:
    Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt

  @eis:WGZ-SEC-010
  Regel: Een geldig certificaat zonder token geeft geen gegevens

    Scenario: het product weigert een opvraging met certificaat maar zonder token
      Gegeven een geslaagde opvraging met certificaat en token
      Als dezelfde opvraging zonder token wordt gedaan
      Dan wordt de opvraging geweigerd met status 401
      En bevat het antwoord geen patiëntgegevens

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval       |
        | zonder token |

  @eis:WGZ-SEC-011
  Regel: Een geldig token zonder clientcertificaat geeft geen gegevens

    Scenario: het product weigert een geldig token en bewijs over een verbinding zonder certificaat
      Gegeven een geslaagde opvraging met certificaat en token
      Als dezelfde opvraging met het token maar zonder clientcertificaat wordt gedaan
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                   |
        | zonder clientcertificaat |

  @eis:WGZ-SEC-012
  Regel: Een gestolen token werkt niet bij een andere organisatie

    Scenario: een andere organisatie gebruikt het token met haar eigen certificaat en sleutel
      Gegeven een geslaagde opvraging met certificaat en token
      Als een andere organisatie het token gebruikt met haar eigen certificaat en sleutel
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Scenario: een andere organisatie herhaalt een afgeluisterd verzoek over haar eigen verbinding
      Gegeven een geslaagde opvraging met certificaat en token
      Als een andere organisatie het token gebruikt met het bewijs van de eerste opvraging
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                                                     |
        | over de verbinding van een andere organisatie              |
        | met een gestolen token en een eigen certificaat en sleutel |
        | met een afgeluisterd verzoek over een eigen verbinding     |

  @eis:WGZ-SEC-023
  Regel: Een token voor de ene zorgorganisatie werkt niet bij een andere

    Scenario: het product weigert het token op het adres van een andere zorgorganisatie
      Gegeven een geslaagde opvraging met certificaat en token
      En een tweede zorgorganisatie bij hetzelfde product
      Als hetzelfde token wordt gebruikt bij de tweede zorgorganisatie
      Dan wordt de opvraging geweigerd
      En bevat het antwoord geen patiëntgegevens

    Abstract Scenario: een gebroken laag alleen, <aanval>, geeft geen gegevens
      Gegeven de aanval "<aanval>"
      En een geslaagde opvraging met certificaat en token
      Als de aanval wordt uitgevoerd
      Dan komen er geen gegevens vrij
      En blijkt niet dat de patiënt bestaat

      Voorbeelden:
        | aanval                         |
        | bij een andere zorgorganisatie |
