#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "libblock/enum_text.hpp"

namespace libblock {

/// Why an operation was refused. The bindings give each its own exception class.
enum class ErrorCode : std::uint8_t {
    InvalidValue,
    NotFound,
    AlreadyExists,
    InvalidDocument,
    DigestMismatch,
    LimitExceeded,
    CommentsAtRisk,
    NotExpressible,
    FileAccess,
};

template <>
struct EnumTable<ErrorCode> {
    static constexpr std::array<EnumRow<ErrorCode>, 9> rows{{
        {ErrorCode::InvalidValue, "invalid_value", "An argument is outside its domain."},
        {ErrorCode::NotFound, "not_found", "What was named does not exist."},
        {ErrorCode::AlreadyExists, "already_exists", "What was named exists already."},
        {ErrorCode::InvalidDocument, "invalid_document", "A document breaks its format."},
        {ErrorCode::DigestMismatch, "digest_mismatch",
         "A hash list is not the one its package names."},
        {ErrorCode::LimitExceeded, "limit_exceeded", "An input is larger than its limit."},
        {ErrorCode::CommentsAtRisk, "comments_at_risk", "Saving would drop a file's comments."},
        {ErrorCode::NotExpressible, "not_expressible",
         "A target cannot express what a package says."},
        {ErrorCode::FileAccess, "file_access", "A file cannot be read or written."},
    }};
};

/// A place in a text: line and column count from 1, columns in characters. 0 means "no place".
struct Position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    bool operator==(const Position&) const = default;
};

/// The one exception of the library. `what()` reads "file:line:column: message", shortened by
/// what is not known.
class Error : public std::runtime_error {
public:
    explicit Error(ErrorCode code, std::string message, std::string file = {},
                   Position position = {});

    ErrorCode code() const noexcept { return code_; }
    const std::string& message() const noexcept { return message_; }
    const std::string& file() const noexcept { return file_; }
    Position position() const noexcept { return position_; }

    /// The same error, placed in `file`.
    Error in_file(std::string file) const;

private:
    ErrorCode code_;
    std::string message_;
    std::string file_;
    Position position_;
};

}  // namespace libblock
