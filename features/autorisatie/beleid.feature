# language: nl
@norm:AUTORISATIE
Functionaliteit: Autorisatie – het beleid van de bron

  @eis:WGZ-ATZ-003
  Regel: Een zorgverzekeraar of bedrijfsarts krijgt geen gegevens

    Abstract Scenario: een <partij> krijgt geen gegevens
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als de vrager een "<partij>" is en dezelfde gegevens opvraagt
      Dan krijgt deze partij geen token, of met dat token geen gegevens

      Voorbeelden:
        | partij          |
        | zorgverzekeraar |
        | bedrijfsarts    |

  @eis:WGZ-ATZ-006
  Regel: De beslissing is voor elke combinatie van kenmerken gelijk aan het beleid

    > Elke rij vraagt twee soorten gegevens van drie patiënten: verwezen, met toestemming, en na een weigering. Gegevens
    > komen er alleen als doel, partij, patiënt en scope alle vier kloppen.

    Abstract Scenario: <partij>, doel <doel>, <scope> scope
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging met certificaat en token
      Als een "<partij>" voor het doel "<doel>" met een "<scope>" scope gegevens vraagt van patiënten met en zonder verwijzing en toestemming
      Dan is elke beslissing gelijk aan het beleid

      Voorbeelden:
        | partij          | doel    | scope |
        | ziekenhuis      | TREAT   | ruime |
        | ziekenhuis      | TREAT   | smalle |
        | ziekenhuis      | COC     | ruime |
        | ziekenhuis      | COC     | smalle |
        | ziekenhuis      | HMARKT  | ruime |
        | ziekenhuis      | HMARKT  | smalle |
        | zorgverzekeraar | TREAT   | ruime |
        | zorgverzekeraar | TREAT   | smalle |
        | zorgverzekeraar | COC     | ruime |
        | zorgverzekeraar | COC     | smalle |
        | zorgverzekeraar | HMARKT  | ruime |
        | zorgverzekeraar | HMARKT  | smalle |
