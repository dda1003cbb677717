internal import Schema

extension Binhchon_V1_Reason {
  /// The name that google.rpc.ErrorInfo.reason carries (proto/binhchon/v1/reason.proto, without `REASON_`), and what
  /// a person who reads Vietnamese is told.
  var words: (name: String, vietnamese: String) {
    switch self {
    case .unspecified, .UNRECOGNIZED: ("UNSPECIFIED", "Yêu cầu bị từ chối.")
    case .invalidField: ("INVALID_FIELD", "Dữ liệu gửi lên chưa hợp lệ.")
    case .invalidBallotID: ("INVALID_BALLOT_ID", "Mã phiếu không hợp lệ.")
    case .ballotConflict: ("BALLOT_CONFLICT", "Mã phiếu này đã dùng cho một phiếu có nội dung khác.")
    case .ballotVoided: ("BALLOT_VOIDED", "Phiếu này đã bị hủy.")
    case .alreadyRated: ("ALREADY_RATED", "Hồ sơ này đã được đánh giá. Xin cảm ơn.")
    case .unknownPoll: ("UNKNOWN_POLL", "Không có cuộc bình chọn này.")
    case .pollNotOpen: ("POLL_NOT_OPEN", "Cuộc bình chọn chưa mở hoặc đã kết thúc.")
    case .unknownUnit: ("UNKNOWN_UNIT", "Không có đơn vị này trong cuộc bình chọn.")
    case .noOptions: ("NO_OPTIONS", "Cuộc bình chọn chưa có phương án để chọn.")
    case .unknownBallot: ("UNKNOWN_BALLOT", "Không có phiếu nào mang mã này.")
    case .pollSealed: ("POLL_SEALED", "Cuộc bình chọn đã niêm phong; phiếu được ghi vào danh sách đính chính.")
    case .anonymityFixed:
      ("ANONYMITY_FIXED", "Mức ẩn danh đã ấn định khi công bố lần đầu, không thay đổi được.")
    case .noIdentity: ("NO_IDENTITY", "Thiết bị chưa xuất trình chứng thư hợp lệ.")
    case .wrongRole: ("WRONG_ROLE", "Vai trò của chứng thư này không được làm việc đó.")
    case .outOfScope: ("OUT_OF_SCOPE", "Đơn vị này nằm ngoài phạm vi của chứng thư.")
    case .notPublished: ("NOT_PUBLISHED", "Số liệu chi tiết này không được công bố, để không lộ ý kiến của vài người.")
    case .codeRefused: ("CODE_REFUSED", "Mã đăng ký sai, đã hết hạn hoặc đã dùng.")
    case .keyTaken: ("KEY_TAKEN", "Khóa này đã thuộc về một chứng thư khác.")
    case .tooSoon: ("TOO_SOON", "Máy này vừa đổi chứng thư, xin đợi một giờ.")
    case .staleAct: ("STALE_ACT", "Đã có thay đổi mới ở đây, xin xem lại rồi làm tiếp.")
    case .unknownAct: ("UNKNOWN_ACT", "Không có việc này để hoàn tác, hoặc đã được hoàn tác.")
    case .unknownAlert: ("UNKNOWN_ALERT", "Không có cảnh báo này, hoặc đã hết.")
    case .unknownComment: ("UNKNOWN_COMMENT", "Không có ý kiến này.")
    case .batchStage: ("BATCH_STAGE", "Lô phiếu giấy chưa ở bước này, hoặc đã qua bước này.")
    case .otherPersonNeeded: ("OTHER_PERSON_NEEDED", "Việc này cần một người khác làm.")
    case .sumsDiffer: ("SUMS_DIFFER", "Số liệu nhập không khớp: giữa các tờ, hoặc với bảng kê.")
    case .invalidRow: ("INVALID_ROW", "Có dòng chưa hợp lệ.")
    case .unknownBatch: ("UNKNOWN_BATCH", "Không có lô phiếu giấy này.")
    case .uploadOrder: ("UPLOAD_ORDER", "Tệp hoặc phần của tệp gửi không đúng thứ tự, hoặc đã gửi rồi.")
    case .actConflict: ("ACT_CONFLICT", "Mã của việc này đã dùng cho một việc khác.")
    case .overloaded: ("OVERLOADED", "Máy chủ đang bận, xin thử lại sau.")
    case .diskFull: ("DISK_FULL", "Máy chủ hết chỗ lưu, phiếu chưa được ghi.")
    case .outcomeUnknown: ("OUTCOME_UNKNOWN", "Chưa biết phiếu đã được ghi hay chưa, hãy gửi lại với cùng mã phiếu.")
    case .draining: ("DRAINING", "Máy chủ đang tắt, xin thử lại sau.")
    }
  }
}
