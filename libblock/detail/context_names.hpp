#pragma once

#include <string>
#include <string_view>

#include "libblock/detail/context_columns.hpp"
#include "libblock/detail/context_labels.hpp"

/// The names of files that lines and fields tell.
namespace libblock::detail {

/// Whether a key may be that of a file name or an operating system.
bool may_tell(std::string_view key) noexcept;

/// What a field with the key `key`, whose words are `words`, speaks of.
Role role_of_key(std::string_view key, const LabelWords& words);

/// Whether two keys are about different things: "Installer SHA-256", "DLL name".
bool are_apart(const LabelWords& left, const LabelWords& right) noexcept;

/// The file name that a line is, or that a field of it holds; empty if there is none.
std::string name_in_line(std::string_view line);

/// The names that are told for the file of a hash: the first one whose key is about the same as
/// that of the hash, or else the first one, but those of other files, such as a PDB, come last.
class ToldNames {
public:
    /// Takes the value of a field of names with the words `key`; those of the hash's are `own`.
    void add(const LabelWords& own, const LabelWords& key, std::string_view value);

    /// Takes a line that is nothing but a file name, or a path to a file.
    void add_line(std::string_view words);

    /// Forgets that line, which is the value of another key.
    void drop_line() noexcept { own_.clear(); }

    /// Says that no other name is to be taken than one whose key is about the same.
    void bind() noexcept { only_bound_ = true; }

    /// Empty if none has been told.
    const std::string& best() const noexcept {
        return !bound_.empty() ? bound_ : !own_.empty() ? own_ : other_;
    }

private:
    std::string bound_;
    std::string own_;
    std::string other_;
    bool only_bound_ = false;
};

}  // namespace libblock::detail
