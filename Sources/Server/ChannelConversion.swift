internal import Polling
internal import Schema

extension Channel {
  /// Nil for unspecified; throws for a channel we do not know.
  init?(_ message: Binhchon_V1_Channel, field: String) throws(Refusal) {
    switch message {
    case .unspecified: return nil
    case .kiosk: self = .kiosk
    case .counter: self = .counter
    case .qr: self = .qr
    case .web: self = .web
    case .paper: self = .paper
    case .phone: self = .phone
    case .UNRECOGNIZED: throw .invalid([Violation(field, "is unknown")])
    }
  }

  var message: Binhchon_V1_Channel {
    switch self {
    case .kiosk: .kiosk
    case .counter: .counter
    case .qr: .qr
    case .web: .web
    case .paper: .paper
    case .phone: .phone
    }
  }
}
