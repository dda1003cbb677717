/// How a kiosk behaves where it stands, beside what its poll says.
struct KioskOptions: Sendable, Equatable {
  /// Citizens may name their dossier before they rate. Where the poll asks for one they must.
  var takesDossier = false
  /// No key ends the page.
  var isLocked = false
  /// Of keys from a pipe each rating is acknowledged as soon as it is on the disk, for hardware that thanks by itself.
  var acknowledges = false
  /// What the next citizen finds, if the poll offers it; nil: the poll's own first.
  var language: Language?
  /// The code of the procedure that all ratings here are about; empty: none is named.
  var procedure = ""
}
