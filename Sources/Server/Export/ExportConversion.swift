internal import Ledger
internal import Polling
internal import Schema

extension Binhchon_V1_CastRecord {
  /// What an auditor is told of a record.
  ///
  /// - Parameter hidesOrder: nothing may tell which of two records came first.
  init(_ row: RecordPage.Row, hidesOrder: Bool) {
    self.init()
    let (record, ballot) = (row.record, row.record.ballot)
    if !hidesOrder {
      sequence = row.sequence
      kioskSequence = ballot.kioskSequence ?? 0
    }
    pollVersion = record.countedVersion
    unit = ballot.unit.rawValue
    channel = ballot.channel.message
    day = record.day.description
    receivedTimeMs = record.receivedTime.milliseconds
    deviceTimeMs = ballot.deviceTime?.milliseconds ?? 0
    answers = ballot.answers.map { answer in
      var message = Binhchon_V1_Answer()
      message.question = answer.question
      message.choices = answer.choices
      return message
    }
    procedure = ballot.procedure?.rawValue ?? ""
    source = Self.told(record.source)
    clockFlagged = record.flags.contains(.clock)
    cooldownFlagged = record.flags.contains(.cooldown)
    burstFlagged = record.flags.contains(.burst)
    late = record.flags.contains(.late)
    bound = record.flags.contains(.bound)
    voided = row.isVoided
  }

  /// A kiosk is a device; the name in any other certificate may be a person's.
  private static func told(_ source: String) -> String {
    let role = source.prefix { $0 != "/" }
    return role == "kiosk" ? source : String(role)
  }
}
