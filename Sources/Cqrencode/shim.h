#ifndef BINHCHON_CQRENCODE_H
#define BINHCHON_CQRENCODE_H

#include <qrencode.h>

#endif
