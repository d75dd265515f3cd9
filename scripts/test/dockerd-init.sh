# Process 1 of a test dockerd's own namespaces: everything below ends with it. Arguments: runtime folder, data folder, address of
# this side, options of dockerd. Whoever starts it makes the file `wired` once the link to the machine is there.
runtime=$1
data=$2
address=$3
shift 3
while [ ! -e "$runtime/wired" ]; do sleep 0.05; done
ip link set lo up
ip addr add "$address/30" dev machine0
ip link set machine0 up
# Their places for sockets are fixed: what lies there belongs to the machine's own containerd and docker.
for place in /run/containerd /run/docker; do mount -t tmpfs -o size=16m none "$place"; done
# A dockerd that ends is started anew, until the folder's file `stop` says otherwise: a test may kill it.
while [ ! -e "$runtime/stop" ]; do
  dockerd --host "unix://$runtime/docker.sock" --data-root "$data" --exec-root "$runtime/exec" \
    --pidfile "$runtime/docker.pid" --exec-opt native.cgroupdriver=cgroupfs "$@"
  rm -f "$runtime/docker.pid"
  sleep 0.2
done
