internal import Polling
internal import RPC
internal import Synchronization
internal import Tallies

/// Who may do what (design §6): roles by method, scope by subtree.
struct Access: Sendable {
  var trustDomain: String
  private let known = KnownIdentities()

  init(trustDomain: String) {
    self.trustDomain = trustDomain
  }

  /// Who the peer is; nil: it shows no identity of ours.
  func identity(_ peer: Peer) -> Identity? {
    peer.identity.flatMap { known.identity($0, trustDomain: trustDomain) }
  }

  /// The caller's identity, if the call shows one of an allowed role.
  func caller(_ context: CallContext, roles: Set<Role> = Set(Role.allCases)) throws(Refusal) -> Identity {
    guard let uri = context.peer.identity else {
      throw Refusal(
        code: .unauthenticated, reason: .noIdentity,
        message: "this call needs a client certificate with a URI SAN spiffe://\(trustDomain)/ROLE/UNIT/NAME")
    }
    guard let identity = known.identity(uri, trustDomain: trustDomain) else {
      throw Refusal(
        code: .unauthenticated, reason: .noIdentity,
        message: "the certificate's URI SAN is not of the form spiffe://\(trustDomain)/ROLE/UNIT/NAME",
        metadata: ["identity": uri])
    }
    guard roles.contains(identity.role) else {
      let allowed = roles.map(\.rawValue).sorted().joined(separator: ", ")
      throw Refusal(
        code: .permissionDenied, reason: .wrongRole,
        message: "role \(identity.role.rawValue) may not call \(context.method); it takes \(allowed)",
        metadata: ["role": identity.role.rawValue, "allowed": allowed])
    }
    return identity
  }
}

/// Identities by their URI: a kiosk's is asked for with each of its ballots.
private final class KnownIdentities: Sendable {
  /// More than a province has devices; beyond it identities are read anew.
  private static let most = 10_000
  private let identities = Mutex<[String: Identity]>([:])

  func identity(_ uri: String, trustDomain: String) -> Identity? {
    if let known = identities.withLock({ $0[uri] }) { return known }
    guard let identity = Identity(uri: uri, trustDomain: trustDomain) else { return nil }
    identities.withLock { identities in
      if identities.count < Self.most { identities[uri] = identity }
    }
    return identity
  }
}

extension Refusal {
  /// For callers who may call next to nothing.
  static let noCertificate = Refusal(
    code: .unauthenticated, reason: .noIdentity, message: "this call needs a client certificate")
}

extension Identity {
  /// Refuses a unit that is not within the caller's subtree.
  func require(_ unit: UnitPath) throws(Refusal) {
    guard scope.contains(unit) else {
      throw Refusal(
        code: .permissionDenied, reason: .outOfScope,
        message: "unit \(unit) lies outside \(scope), the subtree of your certificate",
        metadata: ["unit": unit.rawValue, "scope": scope.rawValue])
    }
  }

  /// Whether the poll touches the caller's subtree.
  func mayShow(_ poll: ListedPoll) -> Bool {
    scope.contains(poll.newest.unit) || poll.newest.unit.contains(scope)
  }
}
