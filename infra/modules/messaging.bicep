@description('What the name is made of.')
param name string

param location string

@description('Standard: about 500 messages a second end to end. Premium: units of its own, larger messages.')
param sku 'Standard' | 'Premium'

@description('Premium messaging units; of no meaning in Standard.')
@allowed([1, 2, 4, 8, 16])
param messagingUnits int

@description('The function app.')
param functionsPrincipalId string

@description('The queues of the modules: the same list that code and triggers are tested against.')
var queueNames array = loadJsonContent('../queues.json')

resource namespace 'Microsoft.ServiceBus/namespaces@2026-01-01' = {
  name: name
  location: location
  sku: sku == 'Premium'
    ? {
        name: 'Premium'
        tier: 'Premium'
        capacity: messagingUnits
      }
    : {
        name: 'Standard'
        tier: 'Standard'
      }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
  }
}

resource queues 'Microsoft.ServiceBus/namespaces/queues@2026-01-01' = [
  for queueName in queueNames: {
    parent: namespace
    name: queueName
    properties: {
      requiresSession: true
      // A message that the sweep sends again is dropped here: longer than the ten minutes in which it may do so. It saves
      // deliveries; effects are held to one by receipts.
      requiresDuplicateDetection: true
      duplicateDetectionHistoryTimeWindow: 'PT20M'
      // Handlers are short; a lock that is lost costs a second delivery, which finds the receipt of the first.
      lockDuration: 'PT1M'
      // A try of a handler is not a delivery: the function app counts tries and dead-letters after the last, with the reason.
      // It gives a message back only while it cannot even record that, as when the tables are down. 1,000 last for a night.
      maxDeliveryCount: 1000
      // Nothing expires: messages that are due in weeks wait here.
      deadLetteringOnMessageExpiration: false
      maxSizeInMegabytes: 5120
    }
  }
]

var serviceBusDataOwner = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '090c5cfd-751d-490a-894a-3ce6f1109419'
)

@description('Sending and receiving alone would do for messages; the scale controller counts them with this identity, which takes Owner.')
resource functionsUseQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace.id, 'functions', serviceBusDataOwner)
  scope: namespace
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: serviceBusDataOwner
  }
}

output id string = namespace.id
output hostName string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')
