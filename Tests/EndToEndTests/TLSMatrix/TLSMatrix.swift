/// What becomes of whom when, as an operator would want it: the table itself. `TLSMatrixRoom` makes each cell happen.
enum TLSMatrix {
  /// Who comes.
  enum Caller: Int, CaseIterable, Sendable {
    /// A kiosk of the poll's own unit.
    case good
    /// Its serial number is on the authority's list.
    case revoked
    /// Its URI is on the deny list.
    case denied
    /// Its last day is past.
    case expired
    /// An official, who does not vote.
    case wrongRole
    /// A kiosk of another district.
    case wrongSubtree
  }

  /// How it comes, and when it turned bad, if it did.
  enum Situation: CaseIterable, Sendable {
    /// Bad before the server started; a full handshake.
    case full
    /// Turned bad after a first visit; comes back with the session of that visit.
    case resumed
    /// Turned bad while connected, and does nothing.
    case open
    /// Turned bad, and the server reloaded, when half of the handshake was over.
    case midReload
    /// The list's next update has passed; who could be was connected then, and comes back.
    case crlExpired
    /// `tls.crl` is not set: nobody is looked up, because the operator says so.
    case crlAbsent
    /// `tls.crl` is set and has no list of the callers' authority.
    case crlOfAnother
  }

  /// What its caller and the operator see.
  enum Outcome: Equatable, Sendable {
    /// Its ballot is taken.
    case works
    /// PERMISSION_DENIED with this reason, on a connection that stays.
    case forbidden(String)
    /// The handshake is refused, and this is in the server's log.
    case refused(Why)
    /// The open connection is closed, and the next one is refused.
    case putOut(Why)
  }

  /// As the log says it.
  enum Why: String, CaseIterable, Sendable {
    case revoked = "the client's certificate is revoked"
    case denied = "the peer's certificate is on the deny list"
    case expired = "the client's certificate has expired"
    case crlExpired = "the certificate revocation list has expired"
    case crlMissing = "there is no certificate revocation list of the certificate's issuer"
  }

  static func row(_ situation: Situation) -> [Caller: Outcome] {
    switch situation {
    case .full:
      [
        .good: .works, .revoked: .refused(.revoked), .denied: .refused(.denied), .expired: .refused(.expired),
        .wrongRole: .forbidden("WRONG_ROLE"), .wrongSubtree: .forbidden("OUT_OF_SCOPE"),
      ]
    case .resumed:
      [
        .good: .works, .revoked: .refused(.revoked), .denied: .refused(.denied), .expired: .refused(.expired),
        .wrongRole: .forbidden("WRONG_ROLE"), .wrongSubtree: .forbidden("OUT_OF_SCOPE"),
      ]
    case .open:
      [
        .good: .works, .revoked: .putOut(.revoked), .denied: .putOut(.denied), .expired: .putOut(.expired),
        .wrongRole: .forbidden("WRONG_ROLE"), .wrongSubtree: .forbidden("OUT_OF_SCOPE"),
      ]
    case .midReload:
      [
        .good: .works, .revoked: .refused(.revoked), .denied: .refused(.denied), .expired: .refused(.expired),
        .wrongRole: .forbidden("WRONG_ROLE"), .wrongSubtree: .forbidden("OUT_OF_SCOPE"),
      ]
    case .crlExpired:
      // A list that is too old to trust lets nobody in, and keeps nobody in: a stolen certificate may have been revoked
      // since. There is no setting for it; who wants no lists sets none.
      [
        .good: .putOut(.crlExpired), .revoked: .refused(.crlExpired), .denied: .refused(.crlExpired),
        .expired: .refused(.crlExpired), .wrongRole: .putOut(.crlExpired), .wrongSubtree: .putOut(.crlExpired),
      ]
    case .crlAbsent:
      [
        .good: .works, .revoked: .works, .denied: .refused(.denied), .expired: .refused(.expired),
        .wrongRole: .forbidden("WRONG_ROLE"), .wrongSubtree: .forbidden("OUT_OF_SCOPE"),
      ]
    case .crlOfAnother:
      [
        .good: .refused(.crlMissing), .revoked: .refused(.crlMissing), .denied: .refused(.crlMissing),
        .expired: .refused(.crlMissing), .wrongRole: .refused(.crlMissing), .wrongSubtree: .refused(.crlMissing),
      ]
    }
  }

  /// One of the table's, under one version of TLS.
  struct Cell: Sendable, CustomStringConvertible {
    var situation: Situation
    var caller: Caller
    var version: Version

    enum Version: CaseIterable, Sendable { case tls13, tls12 }

    static let all = Version.allCases.flatMap { version in
      Situation.allCases.flatMap { situation in
        Caller.allCases.map { Cell(situation: situation, caller: $0, version: version) }
      }
    }

    var expected: Outcome? { row(situation)[caller] }

    var description: String { "\(version) \(situation) \(caller)" }
  }
}
