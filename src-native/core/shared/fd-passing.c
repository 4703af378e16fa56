#include <string.h>
#include <sys/socket.h>

#include "fd-util.h"
#include "shared.h"

/* Compares the inode too, since other code may have closed the socket and got its number for another file. */
static bool is_ours(int fd, ino_t inode) {
  struct stat status;

  return fd >= 0 && fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_ino == inode;
}

bool launch__fd_channel_has(const struct launch__fd_channel *channel, int fd) {
  if (fd == channel->receiver) return is_ours(fd, channel->receiver_inode);
  return fd == channel->sender && is_ours(fd, channel->sender_inode);
}

static int open_pair(struct launch__fd_channel *channel) {
  struct stat receiver, sender;
  int ends[2], error;

  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
  error = fd_move_above_stdio(&ends[0]);
  if (error == 0) error = fd_move_above_stdio(&ends[1]);
  if (error == 0 && (fstat(ends[0], &receiver) != 0 || fstat(ends[1], &sender) != 0)) error = -errno;
  if (error != 0) {
    (void)close(ends[0]);
    (void)close(ends[1]);
    return error;
  }

  if (ends[0] < ends[1])
    *channel = (struct launch__fd_channel){ends[0], ends[1], receiver.st_ino, sender.st_ino};
  else
    *channel = (struct launch__fd_channel){ends[1], ends[0], sender.st_ino, receiver.st_ino};
  return 0;
}

int launch__fd_channel_ensure(struct launch__fd_channel *channel) {
  if (launch__fd_channel_has(channel, channel->receiver) && launch__fd_channel_has(channel, channel->sender))
    return 0;
  launch__fd_channel_discard(channel);
  return open_pair(channel);
}

void launch__fd_channel_discard(struct launch__fd_channel *channel) {
  if (launch__fd_channel_has(channel, channel->receiver)) (void)close(channel->receiver);
  if (launch__fd_channel_has(channel, channel->sender)) (void)close(channel->sender);
  *channel = (struct launch__fd_channel){.receiver = -1, .sender = -1};
}

union control {
  struct cmsghdr header;
  char space[CMSG_SPACE(LAUNCH__FD_PASSING_MAX * sizeof(int))];
};

int launch__fd_channel_send(const struct launch__fd_channel *channel, const int *fds, size_t count) {
  char byte = 0;
  struct iovec text = {&byte, sizeof byte};
  union control control;
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1};
  struct cmsghdr *header;

  if (count == 0) return 0;
  if (count > LAUNCH__FD_PASSING_MAX) return -E2BIG;

  memset(&control, 0, CMSG_SPACE(count * sizeof(int)));
  message.msg_control = &control;
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(count * sizeof(int));
  memcpy(CMSG_DATA(header), fds, count * sizeof(int));
  return sendmsg(channel->sender, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int launch__fd_channel_receive(const struct launch__fd_channel *channel, int *ret_fds, size_t count) {
  char byte;
  struct iovec text = {&byte, sizeof byte};
  union control control;
  struct msghdr message = {.msg_iov = &text, .msg_iovlen = 1, .msg_control = &control};
  struct cmsghdr *header;
  long received;

  if (count == 0) return 0;
  if (!launch__fd_channel_has(channel, channel->receiver)) return -EBADF;
  message.msg_controllen = CMSG_SPACE(count * sizeof(int));
  received = launch__sys(SYS_recvmsg, channel->receiver, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  if (received < 0) return (int)received;

  header = CMSG_FIRSTHDR(&message);
  if ((message.msg_flags & MSG_CTRUNC) != 0) return -EMFILE;
  if (header == NULL || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(count * sizeof(int)))
    return -EBADMSG;
  memcpy(ret_fds, CMSG_DATA(header), count * sizeof(int));
  return 0;
}
