public import Schema

/// What a kiosk knows of its profile, and when it asks again.
///
/// Every five minutes; every few seconds while it shows no buttons, for a poll may open at any time, and while the server
/// cannot be reached.
public struct ProfileStateMachine: Sendable {
  /// Milliseconds.
  public static let usual: Int64 = 300_000
  public static let soon: Int64 = 15_000
  /// There is nothing to show at all.
  public static let atOnce: Int64 = 1_000

  private let poll: String
  /// The newest; nil: none yet.
  public private(set) var profile: Binhchon_V1_GetProfileResponse?
  /// The server said so when it was asked last.
  public private(set) var isCurrent = false

  /// - Parameters:
  ///   - poll: the kiosk's.
  ///   - profile: what it has. Of another poll, it is nothing.
  ///   - isCurrent: the server told it now; otherwise it was kept.
  public init(poll: String, profile: Binhchon_V1_GetProfileResponse? = nil, isCurrent: Bool = false) {
    self.poll = poll
    self.profile = profile?.poll.id == poll ? profile : nil
    self.isCurrent = isCurrent && self.profile != nil
  }

  public var request: Binhchon_V1_GetProfileRequest {
    var request = Binhchon_V1_GetProfileRequest()
    request.poll = poll
    request.etag = profile?.etag ?? ""
    return request
  }

  /// How long to wait before the next request, milliseconds, unless there is a reason to ask at once.
  public var pause: Int64 {
    guard let profile else { return Self.atOnce }
    return isCurrent && profile.poll.status == .open ? Self.usual : Self.soon
  }

  /// - Returns: the profile, if it is another one than before: to be kept.
  public mutating func answered(_ response: Binhchon_V1_GetProfileResponse) -> Binhchon_V1_GetProfileResponse? {
    // "Unchanged" is about the etag that was asked with.
    if response.unchanged {
      isCurrent = profile != nil && response.etag == profile?.etag
      return nil
    }
    guard response.hasPoll, response.poll.id == poll else {
      isCurrent = false
      return nil
    }
    isCurrent = true
    if response == profile { return nil }
    profile = response
    return response
  }

  /// The server did not answer, or refused.
  public mutating func failed() {
    isCurrent = false
  }
}
