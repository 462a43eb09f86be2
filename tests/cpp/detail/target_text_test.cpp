#include "libblock/detail/target_text.hpp"

#include "support.hpp"
