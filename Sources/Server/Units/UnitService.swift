internal import Ledger
internal import Polling
internal import RPC
internal import Schema

/// binhchon.v1.UnitService: publishes and shows the registry of units and procedures.
struct UnitService: Sendable {
  static let readers = Set(Role.allCases).subtracting([.kiosk])

  var ledger: any Ledger
  var registry: RegistryShelf
  var access: Access
  var now: @Sendable () -> Timestamp

  func register(in router: inout Router) {
    router.handle(UnitMethods.publishRegistry) { try await refusing(publishRegistry)($0, $1) }
    router.handle(UnitMethods.getRegistry) { try await refusing(getRegistry)($0, $1) }
  }

  func publishRegistry(
    _ request: Binhchon_V1_PublishRegistryRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_PublishRegistryResponse {
    let caller = try access.caller(context, roles: [.admin])
    // It is about all units: nobody below the top may say where they stand.
    try caller.require(caller.scope.root)
    let value = try UnitRegistry(request.registry)
    let faults = value.faults()
    guard faults.isEmpty else { throw Refusal(faults) }
    if let stranger = registry.tree?.trespass(by: caller.scope, publishing: value) {
      throw Refusal(
        code: .permissionDenied, reason: .outOfScope,
        message: "unit \(stranger) is not one of \(caller.scope) in the registry as it was published",
        metadata: ["unit": stranger, "scope": caller.scope.rawValue])
    }
    var response = Binhchon_V1_PublishRegistryResponse()
    if request.dryRun {
      let known = registry.tree?.registry
      response.unchanged = known.map { $0.saysTheSame(as: value) } ?? false
      response.registry = (response.unchanged ? known ?? value : value).message
      return response
    }
    let outcome = try await ledger.outcome(of: .publishRegistry(value, by: caller.description, at: now()))
    switch outcome {
    case .entered(_, .registry(let published)): response.registry = published.message
    case .replayed(_, .registry(let published)):
      response.registry = published.message
      response.unchanged = true
    case .refused(let refusal): throw Refusal(refusal)
    case .entered, .replayed: throw Refusal.ourFault("the ledger answered a registry with something else")
    }
    return response
  }

  func getRegistry(
    _ request: Binhchon_V1_GetRegistryRequest, _ context: CallContext
  ) async throws -> Binhchon_V1_GetRegistryResponse {
    _ = try access.caller(context, roles: Self.readers)
    var response = Binhchon_V1_GetRegistryResponse()
    if let newest = registry.tree?.registry { response.registry = newest.message }
    return response
  }
}

extension Refusal {
  /// Nobody mends more at once.
  private static let mostFaults = 500

  init(_ faults: [RegistryFault]) {
    self = .invalid(
      faults.prefix(Self.mostFaults).map { fault in
        let other = fault.other.isEmpty ? "" : " \(fault.other)"
        return Violation(fault.field, "\(fault.code.rawValue) \(fault.subject)\(other)")
      }, message: "\(faults.count) faults")
  }
}
