internal import Polling

/// What a caller may be (design §6). The name in a certificate's URI SAN.
public enum Role: String, Sendable, CaseIterable {
  case kiosk
  case clerk
  case secondClerk = "second-clerk"
  case coordinator
  case screener
  case official
  case auditor
  case admin
}

/// Who calls: the URI SAN of the client certificate, `spiffe://<trust domain>/<role>/<unit path>/<name>`.
///
/// Scope is the subtree of the unit path. The name tells two callers of one unit apart.
struct Identity: Sendable, Equatable {
  var role: Role
  var scope: UnitPath
  var name: String

  /// Nil for a URI of another trust domain or shape.
  init?(uri: String, trustDomain: String) {
    let prefix = "spiffe://\(trustDomain)/"
    guard uri.hasPrefix(prefix) else { return nil }
    let parts = uri.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, let first = parts.first, let role = Role(rawValue: String(first)), let last = parts.last,
      !last.isEmpty, let scope = try? UnitPath(parts[1..<(parts.count - 1)].joined(separator: "/"))
    else { return nil }
    self.role = role
    self.scope = scope
    name = String(last)
  }

  /// Whether the caller may see what was counted, and not only what is published: who may read the ledger may.
  var seesCounts: Bool { role == .auditor || role == .admin }

  /// Role, unit path and name: what entries and logs say.
  var description: String { "\(role.rawValue)/\(scope)/\(name)" }
}
