#ifndef BINHCHON_CZIP_H
#define BINHCHON_CZIP_H

#include <zip.h>

#endif
