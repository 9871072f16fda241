import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** A TLS server on a free port of 127.0.0.1 with what is in a keystore: it tells its port, and shakes hands with who comes. */
class KeystoreServer {
  public static void main(String[] parameters) throws Exception {
    char[] password = System.getenv("PASSWORD").toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (FileInputStream file = new FileInputStream(parameters[0])) {
      store.load(file, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    InetAddress here = InetAddress.getByName("127.0.0.1");
    try (SSLServerSocket server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 50, here)) {
      System.out.println(server.getLocalPort() + " " + String.join(",", java.util.Collections.list(store.aliases())));
      while (true) {
        try (SSLSocket socket = (SSLSocket) server.accept()) {
          socket.startHandshake();
          socket.getInputStream().read();
        } catch (java.io.IOException error) {
          // A client that refuses the certificate, or leaves, is what tests are after.
        }
      }
    }
  }
}
