internal import Schema

extension PollingService {
  /// The poll of this name, of those the caller may see. Throws `ClientError` if there is none.
  func poll(named name: String) async throws -> Binhchon_V1_Poll {
    let polls = try await listPolls()
    if let poll = polls.first(where: { $0.id == name }) { return poll }
    let known = polls.map(\.id).joined(separator: ", ")
    throw ClientError(
      .badData, Text(vi: "không có cuộc bình chọn “\(name)”", en: "there is no poll “\(name)”"),
      next: known.isEmpty
        ? Text(vi: "máy chủ chưa có cuộc bình chọn nào", en: "the server has no poll yet")
        : Text(vi: "hiện có: \(known)", en: "there are: \(known)"), reason: "UNKNOWN_POLL")
  }
}
