# language: nl
@norm:NICTIZ-API
Functionaliteit: API-strategie – de verklaring van conformiteit

  > Het oordeel legt de verklaring naast wat in dezelfde run is gemeten. Wie verklaart te voldoen aan iets dat
  > niet voldoet, voldoet ook niet aan deze eis.

  @eis:WGZ-API-018
  Regel: De verklaring van conformiteit klopt met wat is gemeten

    Scenario: de verklaring is volledig en wordt door geen meting weersproken
      Als de verklaring van conformiteit wordt gelezen
      Dan geeft de verklaring over elke eis een oordeel
