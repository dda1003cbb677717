internal import Kiosk
internal import Schema

extension KioskSession {
  /// A profile that can be shown here.
  struct Found: Sendable {
    var profile: Binhchon_V1_GetProfileResponse
    var form: KioskForm
    /// The server told it now; false: it is what this kiosk kept.
    var isCurrent: Bool

    var poll: Binhchon_V1_Poll { profile.poll }
  }

  /// With a profile of its own a kiosk does not wait longer for the server's.
  private static let shortWait = Duration.seconds(2)

  var profileFile: ProfileFile { ProfileFile(directory: spoolPath) }

  /// What the server says the kiosk shows; where it cannot be reached, what it said last.
  func find() async throws -> Found {
    var machine = ProfileStateMachine(poll: poll, profile: keptProfile())
    let kept = machine.profile
    do {
      let wait = kept == nil ? nil : Self.shortWait
      _ = machine.answered(try await service.getProfile(machine.request, timeout: wait))
      guard let profile = machine.profile else {
        throw ClientError(
          .protocol,
          Text(
            vi: "máy chủ không trả lời về cuộc bình chọn \(poll)", en: "the server does not tell of the poll \(poll)"))
      }
      return Found(profile: profile, form: try form(of: profile.poll), isCurrent: true)
    } catch let refusal as Refusal where refusal.isTransient {
      guard let kept, let form = try? self.form(of: kept.poll) else { throw refusal }
      console.say(
        Text(
          vi: "không liên lạc được với máy chủ: dùng bản \(kept.poll.version) đã giữ ở máy này",
          en: "the server cannot be reached: showing version \(kept.poll.version), kept here"))
      return Found(profile: kept, form: form, isCurrent: false)
    } catch let refusal as Refusal where refusal.reason == "UNKNOWN_POLL" {
      // Says which there are.
      _ = try await service.poll(named: poll)
      throw refusal
    }
  }

  /// The page of a poll, if it can be shown here.
  func form(of poll: Binhchon_V1_Poll) throws(ClientError) -> KioskForm {
    guard poll.units.contains(where: { $0.path == unit }) else {
      let known = poll.units.map(\.path).joined(separator: " ")
      throw ClientError(
        .badData, Text(vi: "cuộc bình chọn không có đơn vị “\(unit)”", en: "the poll has no unit “\(unit)”"),
        next: Text(vi: "chọn một trong: \(known)", en: "choose one of: \(known)"), reason: "UNKNOWN_UNIT")
    }
    return try KioskForm(poll)
  }

  private func keptProfile() -> Binhchon_V1_GetProfileResponse? {
    do throws(ProfileFile.Unreadable) {
      return try profileFile.read()
    } catch {
      console.say(Text(vi: "bỏ qua bản đã giữ ở máy này: \(error)", en: "what was kept here is left aside: \(error)"))
      return nil
    }
  }
}
