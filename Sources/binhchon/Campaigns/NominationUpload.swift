internal import CampaignMessages
internal import Polling
internal import Schema
internal import SwiftProtobuf

/// Sends many nominations, in as few acts as they fit in. The same ones again are the same acts.
struct NominationUpload {
  /// In one act, in bytes of its message.
  private static let mostBytes = 1 << 20

  let client: CampaignClient
  let campaign: Campaign

  func send(_ nominations: [Nomination]) async throws -> UploadRecord {
    var record = UploadRecord(campaign: campaign.id.rawValue)
    for act in try acts(nominations) {
      let text = "BinhChon nominate\u{0}\(campaign.id)\u{0}"
      let bytes: [UInt8] = try act.serializedBytes()
      let id = Array(SHA256.digest(of: Array(text.utf8) + bytes).prefix(16))
      let response = try await client.enter(.nominate(act), in: campaign.id.rawValue, id: id)
      record.add(response)
    }
    return record
  }

  private func acts(_ nominations: [Nomination]) throws -> [Binhchon_V1_NominateAct] {
    var acts: [Binhchon_V1_NominateAct] = []
    var act = Binhchon_V1_NominateAct()
    var size = 0
    for nomination in nominations {
      let message = Binhchon_V1_Nomination(nomination)
      let bytes: [UInt8] = try message.serializedBytes()
      if act.nominations.count == CampaignEvent.mostAtOnce || size + bytes.count > Self.mostBytes, size > 0 {
        acts.append(act)
        (act, size) = (Binhchon_V1_NominateAct(), 0)
      }
      act.nominations.append(message)
      size += bytes.count
    }
    acts.append(act)
    // What arrives is what was sent, all of it.
    for index in acts.indices { acts[index].controlTotal.count = Int64(acts[index].nominations.count) }
    return acts
  }
}

/// What became of a file.
struct UploadRecord: ToldRecord {
  struct Duplicate: Encodable {
    var nomination: String
    var of: String
    var same: Bool
  }

  var campaign: String
  var nominations = 0
  /// Acts that were all known already.
  var replayed = 0
  var acts = 0
  var duplicates: [Duplicate] = []

  init(campaign: String) {
    self.campaign = campaign
  }

  mutating func add(_ response: Binhchon_V1_EnterCampaignActResponse) {
    acts += 1
    replayed += response.replayed ? 1 : 0
    nominations += response.standings.count
    for standing in response.standings {
      duplicates += standing.duplicates.map {
        Duplicate(nomination: standing.nomination, of: $0.nomination, same: $0.same)
      }
    }
  }

  func lines(_ language: Language) -> [String] {
    let note = replayed == acts ? Text(vi: " (đã có từ trước)", en: " (all of them were there)")(language) : ""
    var lines = [
      Text(vi: "\(campaign): \(nominations) hồ sơ đăng ký", en: "\(campaign): \(nominations) nominations")(language)
        + note
    ]
    lines += duplicates.prefix(20).map { duplicate in
      let how =
        duplicate.same
        ? Text(vi: "cùng tên, cùng đơn vị với", en: "has the name and unit of")
        : Text(vi: "khác mỗi dấu với", en: "differs by marks only from")
      return "  \(duplicate.nomination) \(how(language)) \(duplicate.of)"
    }
    if duplicates.count > 20 {
      lines.append(
        Text(vi: "  … và \(duplicates.count - 20) hồ sơ khác", en: "  … and \(duplicates.count - 20) more")(language))
    }
    return lines
  }
}
