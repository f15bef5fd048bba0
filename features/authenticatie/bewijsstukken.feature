# language: nl
@norm:AUTHENTICATIE
Functionaliteit: Authenticatie – bewijsstukken van een uitgever

  @eis:WGZ-ATN-006 @variant:nl-gf
  Regel: Een ingetrokken bewijsstuk wordt bij het volgende gebruik geweigerd

    > Keur speelt de uitgever. Een product dat geen bewijsstukken aanneemt, geeft geen uitgever op: dan is de eis niet van
    > toepassing.

    Scenario: na het intrekken krijgt de organisatie geen token meer
      Gegeven een organisatie die met een geldig bewijsstuk een token krijgt
      Als de uitgever dat bewijsstuk intrekt en de organisatie het opnieuw toont
      Dan krijgt de client geen token
