#include "libblock/detail/name_uuid.hpp"

#include "support.hpp"
