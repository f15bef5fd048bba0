# language: nl
@norm:IDENTIFICATIE
Functionaliteit: Identificatie – vragen op pseudoniem

  Achtergrond:
    Gegeven een verwijsindex, een pseudoniemendienst en bronnen van Keur

  @eis:WGZ-IDN-004
  Regel: Een opvraging met pseudoniem bevat nooit het BSN

    Scenario: bij het aanmelden van een patiënt blijft het BSN binnen
      Als het product de testpatiënt aanmeldt bij de verwijsindex
      Dan bevat geen verzoek aan de verwijsindex of de pseudoniemendienst het BSN

    Scenario: bij het zoeken op een patiënt blijft het BSN binnen
      Als het product gegevens zoekt bij 1 bronnen, waarvan er 0 niet antwoorden
      Dan bevat geen verzoek aan de verwijsindex of de pseudoniemendienst het BSN
